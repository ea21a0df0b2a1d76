package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Expression.Arguments;
import io.plotpalette.model.template.jinja.Expression.FilterUse;
import io.plotpalette.model.template.jinja.Expression.FunctionCall;
import io.plotpalette.model.template.jinja.Statement.Parameter;
import io.plotpalette.model.template.jinja.Values.Macro;
import io.plotpalette.model.template.jinja.Values.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Renders one template once. */
final class Evaluator {
  /** Steps of a call, beside those of the macro's body. */
  private static final int MACRO_CALL = 10;

  private final RenderBudget budget;
  private final Values values;
  private final SeededRandom random;
  private int line = 1;
  private int macroDepth;

  Evaluator(RenderBudget budget, SeededRandom random) {
    this.budget = budget;
    this.values = new Values(budget);
    this.random = random;
  }

  String render(List<Statement> statements, Map<String, Object> variables) {
    try {
      StringBuilder out = new StringBuilder();
      run(statements, new Scope(new Scope(null, variables)), out);
      return out.toString();
    } catch (EvaluationException e) {
      throw new TemplateRenderException(line, e.field(), e.getMessage());
    }
  }

  Object evaluate(Expression expression, Map<String, Object> variables) {
    try {
      return Values.defined(value(expression, new Scope(null, variables)));
    } catch (EvaluationException e) {
      throw new TemplateRenderException(line, e.field(), e.getMessage());
    }
  }

  /** The text an evaluated expression prints as. */
  String text(Object value) {
    try {
      return values.text(value);
    } catch (EvaluationException e) {
      throw new TemplateRenderException(line, e.field(), e.getMessage());
    }
  }

  RenderBudget budget() {
    return budget;
  }

  Values values() {
    return values;
  }

  SeededRandom random() {
    return random;
  }

  // ---- statements

  private void run(List<Statement> statements, Scope scope, StringBuilder out) {
    for (Statement statement : statements) {
      budget.work(1);
      run(statement, scope, out);
    }
  }

  private void run(Statement statement, Scope scope, StringBuilder out) {
    if (statement instanceof Statement.Text text) {
      values.append(text.text(), out);
    } else if (statement instanceof Statement.Output output) {
      values.print(value(output.value(), scope), out);
    } else if (statement instanceof Statement.If choice) {
      runIf(choice, scope, out);
    } else if (statement instanceof Statement.For loop) {
      runFor(loop, scope, out);
    } else if (statement instanceof Statement.Set set) {
      assign(set.targets(), value(set.value(), scope), scope);
    } else if (statement instanceof Statement.SetAttribute set) {
      setAttribute(set, scope);
    } else if (statement instanceof Statement.SetBlock set) {
      scope.set(set.target(), filtered(captured(set.body(), scope), set.filters(), scope));
    } else if (statement instanceof Statement.Macro macro) {
      scope.set(macro.name(), new Macro(macro.name(), macro.parameters(), macro.body(), scope));
    } else if (statement instanceof Statement.Call call) {
      Macro caller = new Macro("caller", call.parameters(), call.body(), scope);
      values.print(call(call.call(), scope, caller), out);
    } else if (statement instanceof Statement.FilterBlock block) {
      values.print(filtered(captured(block.body(), scope), block.filters(), scope), out);
    } else if (statement instanceof Statement.With with) {
      Scope inner = new Scope(scope);
      for (Parameter variable : with.variables()) {
        inner.set(variable.name(), value(variable.value(), scope));
      }
      run(with.body(), inner, out);
    }
  }

  private void runIf(Statement.If choice, Scope scope, StringBuilder out) {
    for (Statement.If.Branch branch : choice.branches()) {
      if (Values.isTrue(value(branch.condition(), scope))) {
        run(branch.body(), scope, out);
        return;
      }
    }
    run(choice.otherwise(), scope, out);
  }

  private void runFor(Statement.For loop, Scope scope, StringBuilder out) {
    List<?> elements = values.elements(value(loop.iterable(), scope));
    if (loop.filter() != null) {
      elements = accepted(loop, elements, scope);
    }
    if (elements.isEmpty()) {
      run(loop.otherwise(), new Scope(scope), out);
      return;
    }
    LoopState state = new LoopState(elements);
    int index = 0;
    for (Object element : elements) {
      line = loop.line();
      budget.loopRounds(1);
      state.at(index++);
      // A scope for every round: what a round sets is gone in the next, as in Jinja.
      Scope round = new Scope(scope);
      round.set("loop", state);
      assign(loop.targets(), element, round);
      run(loop.body(), round, out);
    }
  }

  private List<Object> accepted(Statement.For loop, List<?> elements, Scope scope) {
    List<Object> accepted = new ArrayList<>();
    for (Object element : elements) {
      line = loop.line();
      budget.loopRounds(1);
      Scope round = new Scope(scope);
      assign(loop.targets(), element, round);
      if (Values.isTrue(value(loop.filter(), round))) {
        budget.allocateElements(1);
        accepted.add(element);
      }
    }
    return accepted;
  }

  private void assign(List<String> targets, Object value, Scope scope) {
    if (targets.size() == 1) {
      scope.set(targets.get(0), value);
      return;
    }
    List<?> parts = values.elements(value);
    if (parts.size() != targets.size()) {
      throw new EvaluationException(
          parts.size() + " values cannot be spread over " + targets.size() + " names");
    }
    for (int i = 0; i < targets.size(); i++) {
      scope.set(targets.get(i), parts.get(i));
    }
  }

  private void setAttribute(Statement.SetAttribute set, Scope scope) {
    line = set.line();
    Object target = Values.defined(scope.get(set.namespace()));
    if (!(target instanceof Namespace namespace)) {
      throw new EvaluationException(
          "only a namespace() can be changed, and '"
              + set.namespace()
              + "' is "
              + Values.kind(target));
    }
    budget.allocate(RenderBudget.MAP_ENTRY);
    namespace.attributes().put(set.attribute(), value(set.value(), scope));
  }

  private String captured(List<Statement> body, Scope scope) {
    StringBuilder inner = new StringBuilder();
    run(body, new Scope(scope), inner);
    return inner.toString();
  }

  // ---- expressions

  private Object value(Expression expression, Scope scope) {
    budget.work(1);
    line = expression.line();
    if (expression instanceof Expression.Literal literal) {
      return literal.value();
    }
    if (expression instanceof Expression.Name name) {
      return scope.get(name.name());
    }
    if (expression instanceof Expression.Attribute attribute) {
      return attribute(attribute, scope);
    }
    if (expression instanceof Expression.Item item) {
      return item(item, scope);
    }
    if (expression instanceof Expression.Filtered filtered) {
      Object input = value(filtered.input(), scope);
      return filter(input, filtered.use(), scope);
    }
    if (expression instanceof Expression.Tested tested) {
      return tested(tested, scope);
    }
    if (expression instanceof Expression.Comparison comparison) {
      return comparison(comparison, scope);
    }
    if (expression instanceof Expression.Binary binary) {
      return binary(binary, scope);
    }
    if (expression instanceof Expression.Unary unary) {
      return unary(unary, scope);
    }
    if (expression instanceof Expression.Conditional conditional) {
      return conditional(conditional, scope);
    }
    if (expression instanceof FunctionCall call) {
      return call(call, scope, null);
    }
    if (expression instanceof Expression.MethodCall call) {
      return method(call, scope);
    }
    if (expression instanceof Expression.ListLiteral list) {
      return list(list.items(), scope);
    }
    if (expression instanceof Expression.DictLiteral dict) {
      return dict(dict, scope);
    }
    return slice((Expression.Slice) expression, scope);
  }

  private List<Object> list(List<Expression> items, Scope scope) {
    budget.allocateElements(items.size());
    List<Object> list = new ArrayList<>(items.size());
    for (Expression item : items) {
      list.add(value(item, scope));
    }
    return list;
  }

  private Map<Object, Object> dict(Expression.DictLiteral dict, Scope scope) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (Expression.DictLiteral.Entry entry : dict.entries()) {
      budget.allocate(RenderBudget.MAP_ENTRY);
      map.put(Values.key(value(entry.key(), scope)), value(entry.value(), scope));
    }
    return map;
  }

  private Object attribute(Expression.Attribute attribute, Scope scope) {
    Object base = Values.defined(value(attribute.base(), scope));
    line = attribute.line();
    Object found = attribute(base, attribute.name());
    return found instanceof Undefined ? missing(attribute, base, attribute.name()) : found;
  }

  /** The part of a value with this name, or undefined. */
  static Object attribute(Object base, String name) {
    if (base instanceof Map<?, ?> map) {
      Object value = map.get(name);
      if (value != null || map.containsKey(name)) {
        return value;
      }
    } else if (base instanceof Namespace namespace) {
      return attribute(namespace.attributes(), name);
    } else if (base instanceof LoopState loop && LoopState.hasAttribute(name)) {
      return loop.attribute(name);
    } else if (base instanceof Values.Group group && group.attribute(name) != null) {
      return group.attribute(name);
    }
    return new Undefined(name, Values.kind(base) + " has no '" + name + "'");
  }

  private Object item(Expression.Item item, Scope scope) {
    Object base = Values.defined(value(item.base(), scope));
    Object key = Values.defined(value(item.key(), scope));
    line = item.line();
    Object found = item(base, key);
    return found instanceof Undefined ? missing(item, base, key) : found;
  }

  private Object item(Object base, Object key) {
    if (base instanceof List<?> list && key instanceof Long index) {
      long at = index < 0 ? index + list.size() : index;
      if (at >= 0 && at < list.size()) {
        return list.get((int) at);
      }
    } else if (base instanceof String text && key instanceof Long index) {
      int length = values.length(text);
      long at = index < 0 ? index + length : index;
      if (at >= 0 && at < length) {
        return values.substring(text, (int) at, (int) at + 1);
      }
    } else if (base instanceof Map<?, ?> map && !(key instanceof List) && !(key instanceof Map)) {
      Object plain = Values.key(key);
      if (map.containsKey(plain)) {
        return map.get(plain);
      }
    } else if (key instanceof String name) {
      return attribute(base, name);
    }
    return new Undefined("", "");
  }

  private static Undefined missing(Expression expression, Object base, Object key) {
    String field = Names.of(expression);
    String shown = field == null ? String.valueOf(key) : field;
    String why = base instanceof Map ? "" : ": " + Values.kind(base) + " has no such part";
    return new Undefined(shown, "'" + shown + "' is not there" + why);
  }

  private Object slice(Expression.Slice slice, Scope scope) {
    Object base = Values.defined(value(slice.base(), scope));
    Long start = bound(slice.start(), scope);
    Long stop = bound(slice.stop(), scope);
    Long step = bound(slice.step(), scope);
    line = slice.line();
    long stride = step == null ? 1 : step;
    if (stride == 0) {
      throw new EvaluationException("the step of a slice cannot be 0");
    }
    if (base instanceof String text) {
      int length = values.length(text);
      if (stride == 1) {
        int from = (int) clamp(start, 0, length, 0, length);
        int to = (int) clamp(stop, length, length, 0, length);
        return from >= to ? "" : values.substring(text, from, to);
      }
      StringBuilder out = new StringBuilder();
      for (Object c : strided(values.elements(text), start, stop, stride)) {
        values.append((String) c, out);
      }
      return out.toString();
    }
    if (base instanceof List<?> list) {
      return strided(list, start, stop, stride);
    }
    throw new EvaluationException("only a list or text has slices, not " + Values.kind(base));
  }

  private Long bound(Expression expression, Scope scope) {
    Object value = expression == null ? null : value(expression, scope);
    return value == null ? null : Values.wholeNumber(value, "the bound of a slice");
  }

  private List<Object> strided(List<?> list, Long start, Long stop, long stride) {
    int size = list.size();
    List<Object> out = new ArrayList<>();
    long from =
        stride > 0 ? clamp(start, 0, size, 0, size) : clamp(start, size - 1, size, -1, size - 1);
    long to = stride > 0 ? clamp(stop, size, size, 0, size) : clamp(stop, -1, size, -1, size - 1);
    // Without this an enormous stride would overflow.
    long step = Math.max(-size - 1L, Math.min(size + 1L, stride));
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      budget.allocateElements(1);
      out.add(list.get((int) i));
    }
    return out;
  }

  private static long clamp(Long given, long absent, int size, long min, long max) {
    if (given == null) {
      return absent;
    }
    long index = given < 0 ? given + size : given;
    return Math.max(min, Math.min(max, index));
  }

  private Object unary(Expression.Unary unary, Scope scope) {
    Object operand = Values.defined(value(unary.operand(), scope));
    line = unary.line();
    return switch (unary.operator()) {
      case NOT -> !Values.isTrue(operand);
      case MINUS -> Arithmetic.negate(operand);
      case PLUS -> Arithmetic.number(operand);
    };
  }

  private Object binary(Expression.Binary binary, Scope scope) {
    Object left = value(binary.left(), scope);
    switch (binary.operator()) {
      case AND -> {
        return Values.isTrue(left) ? value(binary.right(), scope) : left;
      }
      case OR -> {
        return Values.isTrue(left) ? left : value(binary.right(), scope);
      }
      default -> {
        Values.defined(left);
        Object right = Values.defined(value(binary.right(), scope));
        line = binary.line();
        return operate(binary.operator(), left, right);
      }
    }
  }

  private Object operate(Expression.BinaryOperator operator, Object left, Object right) {
    switch (operator) {
      case CONCATENATE -> {
        StringBuilder out = new StringBuilder();
        values.print(left, out);
        values.print(right, out);
        return out.toString();
      }
      case ADD -> {
        if (left instanceof String a && right instanceof String b) {
          budget.allocate((long) a.length() + b.length());
          return a + b;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
          budget.allocateElements((long) a.size() + b.size());
          List<Object> joined = new ArrayList<>(a);
          joined.addAll(b);
          return joined;
        }
      }
      case MULTIPLY -> {
        if (left instanceof Long times && !(right instanceof Number)) {
          return repeated(right, times);
        }
        if (right instanceof Long times && !(left instanceof Number)) {
          return repeated(left, times);
        }
      }
      default -> {}
    }
    return Arithmetic.apply(operator, left, right);
  }

  private Object repeated(Object value, long times) {
    long count = Math.max(0, Math.min(times, Integer.MAX_VALUE));
    if (value instanceof String text) {
      budget.allocate(text.length() * count);
      return text.repeat((int) count);
    }
    if (value instanceof List<?> list) {
      budget.allocate(list.size() * count * RenderBudget.LIST_ELEMENT);
      List<Object> out = new ArrayList<>();
      for (int i = 0; !list.isEmpty() && i < count; i++) {
        out.addAll(list);
      }
      return out;
    }
    throw new EvaluationException("'*' cannot be used on " + Values.kind(value));
  }

  private Object comparison(Expression.Comparison comparison, Scope scope) {
    Object left = Values.defined(value(comparison.first(), scope));
    for (Expression.Comparison.Operand operand : comparison.others()) {
      Object right = Values.defined(value(operand.value(), scope));
      line = comparison.line();
      if (!holds(operand.operator(), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  boolean holds(Expression.ComparisonOperator operator, Object left, Object right) {
    return switch (operator) {
      case EQUAL -> values.equal(left, right);
      case NOT_EQUAL -> !values.equal(left, right);
      case LESS -> values.compare(left, right) < 0;
      case LESS_OR_EQUAL -> values.compare(left, right) <= 0;
      case GREATER -> values.compare(left, right) > 0;
      case GREATER_OR_EQUAL -> values.compare(left, right) >= 0;
      case IN -> values.contains(right, left);
      case NOT_IN -> !values.contains(right, left);
    };
  }

  private Object conditional(Expression.Conditional conditional, Scope scope) {
    if (Values.isTrue(value(conditional.condition(), scope))) {
      return value(conditional.then(), scope);
    }
    if (conditional.otherwise() == null) {
      return new Undefined(
          "", "the condition of 'if' is false and there is no 'else' to say what to use then");
    }
    return value(conditional.otherwise(), scope);
  }

  private Object tested(Expression.Tested tested, Scope scope) {
    Object input = value(tested.input(), scope);
    Object[] arguments = bound(tested.test().signature(), tested.arguments(), scope);
    line = tested.line();
    return tested.test().apply(this, input, arguments) != tested.negated();
  }

  // ---- calls

  private Object filtered(Object input, List<FilterUse> uses, Scope scope) {
    Object value = input;
    for (FilterUse use : uses) {
      value = filter(value, use, scope);
    }
    return value;
  }

  private Object filter(Object input, FilterUse use, Scope scope) {
    Object[] arguments = bound(use.filter().signature(), use.arguments(), scope);
    line = use.line();
    return use.filter().apply(this, input, arguments);
  }

  /**
   * The arguments in the order of the signature, null for those not given; of a variadic signature
   * the further ones follow. The parser has checked names and number.
   */
  private Object[] bound(Signature signature, Arguments arguments, Scope scope) {
    int given = arguments.positional().size();
    Object[] out = new Object[Math.max(signature.parameters().size(), given)];
    for (int i = 0; i < given; i++) {
      out[i] = argument(value(arguments.positional().get(i), scope));
    }
    for (Map.Entry<String, Expression> named : arguments.named().entrySet()) {
      out[signature.parameters().indexOf(named.getKey())] =
          argument(value(named.getValue(), scope));
    }
    return out;
  }

  /** In an array of arguments null means not given, so none needs another sign. */
  private static Object argument(Object value) {
    return value == null ? Filters.NONE_GIVEN : value;
  }

  private Object call(FunctionCall call, Scope scope, Macro caller) {
    Object target = scope.get(call.name());
    if (target instanceof Macro macro) {
      return call(macro, call, scope, caller);
    }
    Functions.Function function = Functions.named(call.name());
    if (function == null || caller != null) {
      throw new EvaluationException(
          target instanceof Undefined
              ? "the macro '" + call.name() + "' is not there: define it before it is called"
              : "'" + call.name() + "' is " + Values.kind(target) + " and cannot be called");
    }
    if (function.takesAnyNames()) {
      budget.allocate((long) RenderBudget.MAP_ENTRY * call.arguments().named().size());
      Map<Object, Object> named = new LinkedHashMap<>();
      call.arguments().named().forEach((name, value) -> named.put(name, value(value, scope)));
      return function.apply(this, new Object[] {named});
    }
    Object[] arguments = bound(function.signature(), call.arguments(), scope);
    line = call.line();
    return function.apply(this, arguments);
  }

  private String call(Macro macro, FunctionCall call, Scope scope, Macro caller) {
    budget.work(MACRO_CALL);
    Arguments arguments = call.arguments();
    List<Parameter> parameters = macro.parameters();
    Signature signature =
        new Signature(parameters.stream().map(Parameter::name).toList(), 0, false);
    String problem = signature.problem(arguments);
    if (problem != null) {
      throw new EvaluationException("the macro '" + macro.name() + "' " + problem);
    }
    Scope inner = new Scope(macro.scope());
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Expression given =
          i < arguments.positional().size()
              ? arguments.positional().get(i)
              : arguments.named().get(parameter.name());
      Object value;
      if (given != null) {
        value = value(given, scope);
      } else if (parameter.value() != null) {
        value = value(parameter.value(), inner);
      } else {
        value =
            new Undefined(
                parameter.name(),
                "the macro '" + macro.name() + "' was called without '" + parameter.name() + "'");
      }
      inner.set(parameter.name(), value);
    }
    if (caller != null) {
      inner.set("caller", caller);
    }
    budget.checkMacroDepth(++macroDepth);
    StringBuilder out = new StringBuilder();
    run(macro.body(), inner, out);
    macroDepth--;
    return out.toString();
  }

  private Object method(Expression.MethodCall call, Scope scope) {
    Object base = Values.defined(value(call.base(), scope));
    Object[] arguments = bound(Methods.signature(call.name()), call.arguments(), scope);
    line = call.line();
    return Methods.call(this, base, call.name(), arguments);
  }
}
