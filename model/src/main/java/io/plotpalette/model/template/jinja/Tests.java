package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Expression.ComparisonOperator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tests a template may use after {@code is}, and no others. */
final class Tests {
  @FunctionalInterface
  interface Body {
    boolean holds(Evaluator evaluator, Object input, Object[] arguments);
  }

  record Test(String name, Signature signature, Body body) {
    boolean apply(Evaluator evaluator, Object input, Object[] arguments) {
      return body.holds(evaluator, input, arguments);
    }

    /** Whether the test is there to ask if a value is there. */
    boolean asksWhetherDefined() {
      return name.equals("defined") || name.equals("undefined");
    }
  }

  private static final Map<String, Test> ALL = new HashMap<>();

  static {
    add("defined", "", (e, in, a) -> !(in instanceof Undefined));
    add("undefined", "", (e, in, a) -> in instanceof Undefined);
    add("none", "", (e, in, a) -> Values.defined(in) == null);
    add("boolean", "", (e, in, a) -> Values.defined(in) instanceof Boolean);
    add("true", "", (e, in, a) -> Boolean.TRUE.equals(Values.defined(in)));
    add("false", "", (e, in, a) -> Boolean.FALSE.equals(Values.defined(in)));
    add("integer", "", (e, in, a) -> Values.defined(in) instanceof Long);
    add("float", "", (e, in, a) -> Values.defined(in) instanceof Double);
    add("number", "", (e, in, a) -> Values.isNumeric(Values.defined(in)));
    add("string", "", (e, in, a) -> Values.defined(in) instanceof String);
    add("mapping", "", (e, in, a) -> Values.defined(in) instanceof Map);
    add("sequence", "", (e, in, a) -> isSequence(in));
    add("iterable", "", (e, in, a) -> isSequence(in));
    add("even", "", (e, in, a) -> whole(in) % 2 == 0);
    add("odd", "", (e, in, a) -> whole(in) % 2 != 0);
    add("divisibleby", "num", (e, in, a) -> divides(whole(Filters.given(a[0])), whole(in)));
    add("lower", "", (e, in, a) -> isLower(e, in));
    add("upper", "", (e, in, a) -> isUpper(e, in));
    add("sameas", "other", (e, in, a) -> isSame(Values.defined(in), Filters.given(a[0])));
    comparison(ComparisonOperator.EQUAL, "eq", "equalto");
    comparison(ComparisonOperator.NOT_EQUAL, "ne");
    comparison(ComparisonOperator.LESS, "lt", "lessthan");
    comparison(ComparisonOperator.LESS_OR_EQUAL, "le");
    comparison(ComparisonOperator.GREATER, "gt", "greaterthan");
    comparison(ComparisonOperator.GREATER_OR_EQUAL, "ge");
    comparison(ComparisonOperator.IN, "in");
  }

  private Tests() {}

  private static void add(String name, String parameters, Body body) {
    ALL.put(name, new Test(name, Signature.of(parameters), body));
  }

  private static void comparison(ComparisonOperator operator, String... names) {
    for (String name : names) {
      add(
          name,
          "other",
          (e, in, a) -> e.holds(operator, Values.defined(in), Values.defined(Filters.given(a[0]))));
    }
  }

  /** Null when there is none. */
  static Test named(String name) {
    return ALL.get(name);
  }

  static Set<String> names() {
    return new TreeSet<>(ALL.keySet());
  }

  private static boolean isSequence(Object input) {
    return Values.defined(input) instanceof List || input instanceof Map || input instanceof String;
  }

  private static long whole(Object input) {
    return Values.wholeNumber(input, "what is tested for even, odd or divisible");
  }

  private static boolean divides(long divisor, long number) {
    if (divisor == 0) {
      throw new EvaluationException("division by zero");
    }
    return number % divisor == 0;
  }

  private static boolean isLower(Evaluator e, Object input) {
    String text = Filters.text(e, input);
    return text.equals(text.toLowerCase(Locale.ROOT))
        && !text.equals(text.toUpperCase(Locale.ROOT));
  }

  private static boolean isUpper(Evaluator e, Object input) {
    String text = Filters.text(e, input);
    return text.equals(text.toUpperCase(Locale.ROOT))
        && !text.equals(text.toLowerCase(Locale.ROOT));
  }

  /** Of texts and numbers: the same kind and the same value. */
  private static boolean isSame(Object left, Object right) {
    if (left instanceof List || left instanceof Map) {
      return left == right;
    }
    return left == null ? right == null : left.equals(right);
  }
}
