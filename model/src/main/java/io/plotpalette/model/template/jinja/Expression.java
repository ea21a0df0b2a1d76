package io.plotpalette.model.template.jinja;

import java.util.List;
import java.util.Map;

/** A parsed expression. Immutable; every name in it has been looked up in the tables already. */
sealed interface Expression {
  /** From 1. */
  int line();

  /** A text, Long, Double, Boolean or null. */
  record Literal(Object value, int line) implements Expression {}

  record Name(String name, int line) implements Expression {}

  /** A list or a tuple. */
  record ListLiteral(List<Expression> items, int line) implements Expression {}

  record DictLiteral(List<Entry> entries, int line) implements Expression {
    record Entry(Expression key, Expression value) {}
  }

  record Attribute(Expression base, String name, int line) implements Expression {}

  record Item(Expression base, Expression key, int line) implements Expression {}

  /** Each bound may be null. */
  record Slice(Expression base, Expression start, Expression stop, Expression step, int line)
      implements Expression {}

  record Unary(UnaryOperator operator, Expression operand, int line) implements Expression {}

  record Binary(BinaryOperator operator, Expression left, Expression right, int line)
      implements Expression {}

  /** {@code a < b <= c}: every neighbouring pair must hold. */
  record Comparison(Expression first, List<Operand> others, int line) implements Expression {
    record Operand(ComparisonOperator operator, Expression value) {}
  }

  /** Without {@code else}, {@code otherwise} is null. */
  record Conditional(Expression condition, Expression then, Expression otherwise, int line)
      implements Expression {}

  record Filtered(Expression input, FilterUse use) implements Expression {
    @Override
    public int line() {
      return use.line();
    }
  }

  record Tested(Expression input, Tests.Test test, Arguments arguments, boolean negated, int line)
      implements Expression {}

  /** A call of a macro or of one of {@link Functions}. */
  record FunctionCall(String name, Arguments arguments, int line) implements Expression {}

  /** A call of one of {@link Methods}. */
  record MethodCall(Expression base, String name, Arguments arguments, int line)
      implements Expression {}

  record FilterUse(Filters.Filter filter, Arguments arguments, int line) {}

  record Arguments(List<Expression> positional, Map<String, Expression> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }

  enum UnaryOperator {
    NOT,
    MINUS,
    PLUS
  }

  enum BinaryOperator {
    AND("and"),
    OR("or"),
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    MODULO("%"),
    POWER("**"),
    CONCATENATE("~");

    private final String symbol;

    BinaryOperator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }

  enum ComparisonOperator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    IN("in"),
    NOT_IN("not in");

    private final String symbol;

    ComparisonOperator(String symbol) {
      this.symbol = symbol;
    }

    String symbol() {
      return symbol;
    }
  }
}
