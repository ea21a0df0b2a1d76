package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Expression.Arguments;
import io.plotpalette.model.template.jinja.Expression.FilterUse;
import io.plotpalette.model.template.jinja.Expression.FunctionCall;
import io.plotpalette.model.template.jinja.Expression.Literal;
import io.plotpalette.model.template.jinja.FieldPath.EachElement;
import io.plotpalette.model.template.jinja.FieldPath.EachValue;
import io.plotpalette.model.template.jinja.FieldPath.Index;
import io.plotpalette.model.template.jinja.FieldPath.Name;
import io.plotpalette.model.template.jinja.FieldPath.Segment;
import io.plotpalette.model.template.jinja.Statement.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds what a template takes from its data by following it without rendering: both branches of
 * every condition, the body of every loop once, macros at each call with the arguments of that
 * call. It keeps, for every variable, where in the data its value may come from.
 */
final class ReferenceAnalysis {
  /** Macros that call macros can make the walk long without making the template long. */
  private static final int MAX_STEPS = 100_000;

  /** A value may come from as many places; more are no longer followed. */
  private static final int MAX_ORIGINS = 8;

  private static final Set<String> KEEPS_THE_LIST =
      Set.of("list", "sort", "reverse", "unique", "select", "reject", "selectattr", "rejectattr");

  /**
   * What is known of a value.
   *
   * @param paths where in the data it may come from
   * @param counted whether using the value itself has been noted already
   * @param optional whether a default stands in for it, so that no part of it is required
   * @param element of a list that was made by the template; null when the data made it
   * @param parts of a list of known length
   * @param fields of a map written down in the template
   */
  private record Shape(
      Set<FieldPath> paths,
      boolean counted,
      boolean optional,
      Shape element,
      List<Shape> parts,
      Map<String, Shape> fields)
      implements Binding {
    static final Shape UNKNOWN = new Shape(Set.of(), true, false, null, List.of(), Map.of());

    static Shape at(Set<FieldPath> paths, boolean optional) {
      return paths.isEmpty()
          ? UNKNOWN
          : new Shape(paths, false, optional, null, List.of(), Map.of());
    }

    static Shape listOf(Shape element) {
      return new Shape(Set.of(), true, false, element, List.of(), Map.of());
    }

    static Shape listOfParts(Shape... parts) {
      return new Shape(Set.of(), true, false, null, List.of(parts), Map.of());
    }

    Shape asCounted(boolean nowOptional) {
      return new Shape(paths, true, optional || nowOptional, element, parts, fields);
    }

    Shape step(Segment segment) {
      Set<FieldPath> longer = new LinkedHashSet<>();
      for (FieldPath path : paths) {
        longer.add(path.plus(segment));
      }
      return at(longer, optional);
    }

    Shape elements() {
      if (element != null) {
        return element;
      }
      return parts.isEmpty() ? step(new EachElement()) : union(parts);
    }

    Shape field(String name) {
      if (fields.containsKey(name)) {
        return fields.get(name);
      }
      // The two parts of a group have names.
      if (parts.size() == 2 && name.equals("list")) {
        return parts.get(1);
      }
      return step(new Name(name));
    }

    static Shape union(Collection<Shape> shapes) {
      Set<FieldPath> paths = new LinkedHashSet<>();
      boolean counted = true;
      boolean optional = true;
      Shape element = null;
      List<Shape> parts = List.of();
      Map<String, Shape> fields = Map.of();
      for (Shape shape : shapes) {
        paths.addAll(shape.paths());
        counted &= shape.counted();
        optional &= shape.optional() || shape.paths().isEmpty();
        element = shape.element() == null ? element : shape.element();
        parts = shape.parts().isEmpty() ? parts : shape.parts();
        fields = shape.fields().isEmpty() ? fields : shape.fields();
      }
      if (paths.size() > MAX_ORIGINS) {
        return UNKNOWN;
      }
      return new Shape(paths, counted, optional && !paths.isEmpty(), element, parts, fields);
    }
  }

  /** What a name stands for. */
  private sealed interface Binding {}

  private record MacroBinding(Statement.Macro macro, Scope scope) implements Binding {}

  private static final class Scope {
    private final Scope outer;
    private final Map<String, Binding> names;

    Scope(Scope outer) {
      this(outer, new HashMap<>());
    }

    Scope(Scope outer, Map<String, Binding> names) {
      this.outer = outer;
      this.names = names;
    }

    Binding find(String name) {
      for (Scope scope = this; scope != null; scope = scope.outer) {
        Binding binding = scope.names.get(name);
        if (binding != null) {
          return binding;
        }
      }
      return null;
    }
  }

  private final Map<FieldPath, Reference> references = new LinkedHashMap<>();
  private final Set<Statement.Macro> called = new HashSet<>();
  private final Set<Statement.Macro> calling = new HashSet<>();
  private final List<MacroBinding> macros = new ArrayList<>();
  private Set<FieldPath> known = new HashSet<>();
  private boolean nothingIsRequired;
  private int line = 1;
  private int steps;

  private ReferenceAnalysis() {}

  static List<Reference> of(List<Statement> statements) {
    ReferenceAnalysis analysis = new ReferenceAnalysis();
    analysis.walk(statements, new Scope(null));
    analysis.walkUncalledMacros();
    return List.copyOf(analysis.references.values());
  }

  static List<Reference> of(Expression expression) {
    ReferenceAnalysis analysis = new ReferenceAnalysis();
    analysis.use(expression, new Scope(null));
    return List.copyOf(analysis.references.values());
  }

  /** They need nothing, but a wrong step in them is still worth an error. */
  private void walkUncalledMacros() {
    nothingIsRequired = true;
    for (int i = 0; i < macros.size(); i++) {
      MacroBinding binding = macros.get(i);
      if (called.add(binding.macro())) {
        Scope inner = new Scope(binding.scope());
        for (Parameter parameter : binding.macro().parameters()) {
          inner.names.put(parameter.name(), Shape.UNKNOWN);
        }
        walk(binding.macro().body(), inner);
      }
    }
  }

  // ---- statements

  private void walk(List<Statement> statements, Scope scope) {
    for (Statement statement : statements) {
      step();
      walk(statement, scope);
    }
  }

  private void walk(Statement statement, Scope scope) {
    if (statement instanceof Statement.Output output) {
      use(output.value(), scope);
    } else if (statement instanceof Statement.If choice) {
      walkIf(choice, scope);
    } else if (statement instanceof Statement.For loop) {
      walkFor(loop, scope);
    } else if (statement instanceof Statement.Set set) {
      bind(set.targets(), shape(set.value(), scope), scope);
    } else if (statement instanceof Statement.SetAttribute set) {
      use(set.value(), scope);
    } else if (statement instanceof Statement.SetBlock set) {
      walk(set.body(), new Scope(scope));
      set.filters().forEach(use -> useArguments(use.arguments(), scope));
      scope.names.put(set.target(), Shape.UNKNOWN);
    } else if (statement instanceof Statement.Macro macro) {
      MacroBinding binding = new MacroBinding(macro, scope);
      scope.names.put(macro.name(), binding);
      macros.add(binding);
    } else if (statement instanceof Statement.Call call) {
      Scope inner = new Scope(scope);
      for (Parameter parameter : call.parameters()) {
        inner.names.put(parameter.name(), Shape.UNKNOWN);
      }
      walk(call.body(), inner);
      shape(call.call(), scope);
    } else if (statement instanceof Statement.FilterBlock block) {
      walk(block.body(), new Scope(scope));
      block.filters().forEach(use -> useArguments(use.arguments(), scope));
    } else if (statement instanceof Statement.With with) {
      Scope inner = new Scope(scope);
      for (Parameter variable : with.variables()) {
        inner.names.put(variable.name(), shape(variable.value(), scope));
      }
      walk(with.body(), inner);
    }
  }

  private void walkIf(Statement.If choice, Scope scope) {
    Set<FieldPath> before = known;
    Map<String, Binding> namesBefore = Map.copyOf(scope.names);
    List<Map<String, Binding>> outcomes = new ArrayList<>();
    for (Statement.If.Branch branch : choice.branches()) {
      use(branch.condition(), scope);
      Set<FieldPath> otherwise = with(definedIf(false, branch.condition(), scope));
      known = with(definedIf(true, branch.condition(), scope));
      walk(branch.body(), scope);
      outcomes.add(takeNames(scope, namesBefore));
      known = otherwise;
    }
    walk(choice.otherwise(), scope);
    outcomes.add(takeNames(scope, namesBefore));
    known = before;
    merge(outcomes, scope);
  }

  private static Map<String, Binding> takeNames(Scope scope, Map<String, Binding> before) {
    Map<String, Binding> taken = Map.copyOf(scope.names);
    scope.names.clear();
    scope.names.putAll(before);
    return taken;
  }

  /** After a condition a name may stand for what any of the branches gave it. */
  private static void merge(List<Map<String, Binding>> outcomes, Scope scope) {
    Set<String> names = new LinkedHashSet<>();
    outcomes.forEach(outcome -> names.addAll(outcome.keySet()));
    for (String name : names) {
      List<Shape> shapes = new ArrayList<>();
      Binding other = null;
      for (Map<String, Binding> outcome : outcomes) {
        Binding binding =
            outcome.containsKey(name)
                ? outcome.get(name)
                : scope.outer == null ? null : scope.outer.find(name);
        if (binding instanceof Shape shape) {
          shapes.add(shape);
        } else if (binding == null) {
          // A branch that does not set it leaves the field of the data with this name.
          shapes.add(Shape.at(Set.of(FieldPath.root(name)), false));
        } else {
          other = binding;
        }
      }
      scope.names.put(name, other != null ? other : Shape.union(shapes));
    }
  }

  private void walkFor(Statement.For loop, Scope scope) {
    Shape elements = use(loop.iterable(), scope).elements();
    Scope round = new Scope(scope);
    Set<FieldPath> before = known;
    bind(loop.targets(), elements, round);
    if (loop.filter() != null) {
      use(loop.filter(), round);
      known = with(definedIf(true, loop.filter(), round));
    }
    round.names.put("loop", Shape.UNKNOWN);
    walk(loop.body(), round);
    known = before;
    walk(loop.otherwise(), new Scope(scope));
  }

  private static void bind(List<String> targets, Shape value, Scope scope) {
    if (targets.size() == 1) {
      scope.names.put(targets.get(0), value);
      return;
    }
    for (int i = 0; i < targets.size(); i++) {
      Shape part =
          value.parts().size() == targets.size() ? value.parts().get(i) : value.step(new Index(i));
      scope.names.put(targets.get(i), part);
    }
  }

  // ---- expressions

  /** Follows an expression whose value is used, so that it must be there. */
  private Shape use(Expression expression, Scope scope) {
    Shape shape = shape(expression, scope);
    noteWhole(shape);
    return shape.asCounted(false);
  }

  /** A list or map written down in the template is used with everything in it. */
  private void noteWhole(Shape shape) {
    if (!shape.counted()) {
      note(shape, shape.optional());
    }
    shape.parts().forEach(this::noteWhole);
    shape.fields().values().forEach(this::noteWhole);
  }

  private void note(Shape shape, boolean optional) {
    for (FieldPath path : shape.paths()) {
      if (path.endsInEach()) {
        // The list or map has been noted where it was gone through.
        continue;
      }
      boolean required =
          !optional && !nothingIsRequired && known.stream().noneMatch(k -> k.leadsTo(path));
      Reference earlier = references.get(path);
      if (earlier == null || (required && !earlier.required())) {
        references.put(path, new Reference(path, required, line));
      }
    }
  }

  /** Follows an expression that may be undefined here without harm. */
  private Shape shape(Expression expression, Scope scope) {
    step();
    line = expression.line();
    if (expression instanceof Literal) {
      return Shape.UNKNOWN;
    }
    if (expression instanceof Expression.Name name) {
      return name(name, scope);
    }
    if (expression instanceof Expression.Attribute attribute) {
      Shape base = use(attribute.base(), scope);
      line = attribute.line();
      return base.field(attribute.name());
    }
    if (expression instanceof Expression.Item item) {
      return item(item, scope);
    }
    if (expression instanceof Expression.Filtered filtered) {
      return filtered(filtered, scope);
    }
    if (expression instanceof Expression.Tested tested) {
      Shape input = shape(tested.input(), scope);
      if (!input.counted()) {
        note(input, input.optional() || tested.test().asksWhetherDefined());
      }
      useArguments(tested.arguments(), scope);
      return Shape.UNKNOWN;
    }
    if (expression instanceof Expression.Binary binary) {
      return binary(binary, scope);
    }
    if (expression instanceof Expression.Conditional conditional) {
      return conditional(conditional, scope);
    }
    if (expression instanceof Expression.Comparison comparison) {
      use(comparison.first(), scope);
      comparison.others().forEach(other -> use(other.value(), scope));
      return Shape.UNKNOWN;
    }
    if (expression instanceof Expression.Unary unary) {
      use(unary.operand(), scope);
      return Shape.UNKNOWN;
    }
    if (expression instanceof FunctionCall call) {
      return call(call, scope);
    }
    if (expression instanceof Expression.MethodCall call) {
      return method(call, scope);
    }
    if (expression instanceof Expression.ListLiteral list) {
      Shape[] parts = list.items().stream().map(i -> shape(i, scope)).toArray(Shape[]::new);
      return parts.length == 0 ? Shape.UNKNOWN : Shape.listOfParts(parts);
    }
    if (expression instanceof Expression.DictLiteral dict) {
      return dict(dict, scope);
    }
    Expression.Slice slice = (Expression.Slice) expression;
    Shape base = use(slice.base(), scope);
    for (Expression bound : new Expression[] {slice.start(), slice.stop(), slice.step()}) {
      if (bound != null) {
        use(bound, scope);
      }
    }
    return base;
  }

  private Shape name(Expression.Name name, Scope scope) {
    Binding binding = scope.find(name.name());
    if (binding == null) {
      if (name.name().equals("loop")) {
        throw new TemplateSyntaxException(
            name.line(), 1, "'loop' is only there between 'for' and 'endfor'");
      }
      return Shape.at(Set.of(FieldPath.root(name.name())), false);
    }
    return binding instanceof Shape shape ? shape : Shape.UNKNOWN;
  }

  private Shape item(Expression.Item item, Scope scope) {
    Shape base = use(item.base(), scope);
    Shape key = use(item.key(), scope);
    line = item.line();
    if (item.key() instanceof Literal literal && literal.value() instanceof String name) {
      return base.field(name);
    }
    Long index = wholeNumber(item.key());
    if (index != null) {
      return index >= 0 && index < base.parts().size()
          ? base.parts().get(index.intValue())
          : base.element() == null ? base.step(new Index(index)) : base.element();
    }
    return key.paths().isEmpty() && base.element() != null ? base.element() : Shape.UNKNOWN;
  }

  private static Long wholeNumber(Expression expression) {
    if (expression instanceof Literal literal && literal.value() instanceof Long index) {
      return index;
    }
    if (expression instanceof Expression.Unary unary
        && unary.operator() == Expression.UnaryOperator.MINUS
        && unary.operand() instanceof Literal literal
        && literal.value() instanceof Long index) {
      return -index;
    }
    return null;
  }

  private Shape dict(Expression.DictLiteral dict, Scope scope) {
    Map<String, Shape> fields = new HashMap<>();
    for (Expression.DictLiteral.Entry entry : dict.entries()) {
      use(entry.key(), scope);
      Shape value = shape(entry.value(), scope);
      if (entry.key() instanceof Literal literal && literal.value() instanceof String name) {
        fields.put(name, value);
      }
    }
    return new Shape(Set.of(), true, false, null, List.of(), fields);
  }

  private Shape binary(Expression.Binary binary, Scope scope) {
    Shape left = use(binary.left(), scope);
    switch (binary.operator()) {
      case AND, OR -> {
        boolean whenLeftIs = binary.operator() == Expression.BinaryOperator.AND;
        Shape right =
            knowing(definedIf(whenLeftIs, binary.left(), scope), () -> use(binary.right(), scope));
        return Shape.union(List.of(left, right));
      }
      default -> {
        Shape right = use(binary.right(), scope);
        return binary.operator() == Expression.BinaryOperator.ADD
            ? Shape.listOf(Shape.union(List.of(left.elements(), right.elements())))
            : Shape.UNKNOWN;
      }
    }
  }

  private Shape conditional(Expression.Conditional conditional, Scope scope) {
    use(conditional.condition(), scope);
    Shape then =
        knowing(
            definedIf(true, conditional.condition(), scope), () -> use(conditional.then(), scope));
    if (conditional.otherwise() == null) {
      return then;
    }
    Shape otherwise =
        knowing(
            definedIf(false, conditional.condition(), scope),
            () -> use(conditional.otherwise(), scope));
    return Shape.union(List.of(then, otherwise));
  }

  private Shape filtered(Expression.Filtered filtered, Scope scope) {
    FilterUse use = filtered.use();
    String name = use.filter().name();
    if (name.equals("default") || name.equals("d")) {
      Shape input = shape(filtered.input(), scope);
      if (!input.counted()) {
        note(input, true);
      }
      List<Shape> either = new ArrayList<>(List.of(input.asCounted(true)));
      useArguments(use.arguments(), scope).forEach(argument -> either.add(argument));
      return Shape.union(either);
    }
    Shape input = use(filtered.input(), scope);
    useArguments(use.arguments(), scope);
    line = use.line();
    Shape attributes = noteAttribute(input, use);
    if (KEEPS_THE_LIST.contains(name)) {
      return input;
    }
    return switch (name) {
      case "first" -> input.element() == null ? input.step(new Index(0)) : input.element();
      case "last" -> input.element() == null ? input.step(new Index(-1)) : input.element();
      case "max", "min", "random" -> input.elements();
      case "batch", "slice" -> Shape.listOf(input);
      case "groupby" -> Shape.listOf(Shape.listOfParts(Shape.UNKNOWN, input));
      case "items", "dictsort" -> pairs(input);
      case "map" -> Shape.listOf(attributes);
      default -> Shape.UNKNOWN;
    };
  }

  private static Shape pairs(Shape map) {
    return Shape.listOf(Shape.listOfParts(Shape.UNKNOWN, map.step(new EachValue())));
  }

  /** {@code sort(attribute='year')} takes the year of every element. */
  private Shape noteAttribute(Shape input, FilterUse use) {
    Expression given = Filters.attributeArgument(use.filter(), use.arguments());
    if (!(given instanceof Literal literal) || literal.value() == null) {
      return Shape.UNKNOWN;
    }
    boolean optional =
        use.arguments().named().containsKey("default")
            || (use.filter().name().equals("groupby") && use.arguments().positional().size() > 1)
            || asksWhetherDefined(use);
    Shape part = Shape.UNKNOWN;
    for (String path : String.valueOf(literal.value()).split(",")) {
      part = input.elements();
      for (String name : path.strip().split("\\.")) {
        part = isNumber(name) ? part.step(new Index(Long.parseLong(name))) : part.field(name);
      }
      note(part, optional || part.optional());
    }
    return part.asCounted(optional);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 10
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean asksWhetherDefined(FilterUse use) {
    return use.filter().nested() == Filters.Nested.TEST_OF_ATTRIBUTE
        && use.arguments().positional().size() > 1
        && use.arguments().positional().get(1) instanceof Literal test
        && Tests.named((String) test.value()).asksWhetherDefined();
  }

  private Shape call(FunctionCall call, Scope scope) {
    if (!(scope.find(call.name()) instanceof MacroBinding binding)) {
      useArguments(call.arguments(), scope);
      return Shape.UNKNOWN;
    }
    Statement.Macro macro = binding.macro();
    Scope inner = new Scope(binding.scope());
    List<Parameter> parameters = macro.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Expression given =
          i < call.arguments().positional().size()
              ? call.arguments().positional().get(i)
              : call.arguments().named().get(parameter.name());
      Shape value =
          given != null
              ? shape(given, scope)
              : parameter.value() != null ? shape(parameter.value(), inner) : Shape.UNKNOWN;
      inner.names.put(parameter.name(), value);
    }
    called.add(macro);
    if (calling.add(macro)) {
      walk(macro.body(), inner);
      calling.remove(macro);
    }
    return Shape.UNKNOWN;
  }

  private Shape method(Expression.MethodCall call, Scope scope) {
    Shape base = use(call.base(), scope);
    useArguments(call.arguments(), scope);
    return switch (call.name()) {
      case "items" -> pairs(base);
      case "values" -> Shape.listOf(base.step(new EachValue()));
      case "get" ->
          !call.arguments().positional().isEmpty()
                  && call.arguments().positional().get(0) instanceof Literal literal
                  && literal.value() instanceof String name
              ? base.field(name).asCounted(true)
              : Shape.UNKNOWN;
      default -> Shape.UNKNOWN;
    };
  }

  private List<Shape> useArguments(Arguments arguments, Scope scope) {
    List<Shape> shapes = new ArrayList<>();
    arguments.positional().forEach(argument -> shapes.add(use(argument, scope)));
    arguments.named().values().forEach(argument -> shapes.add(use(argument, scope)));
    return shapes;
  }

  // ---- what a condition says about what is there

  /** The values that are there for certain when {@code condition} has this outcome. */
  private Set<FieldPath> definedIf(boolean outcome, Expression condition, Scope scope) {
    Set<FieldPath> defined = new HashSet<>();
    if (condition instanceof Expression.Tested tested && tested.test().asksWhetherDefined()) {
      boolean asksDefined = tested.test().name().equals("defined") != tested.negated();
      Shape shape = shape(tested.input(), scope);
      if (asksDefined == outcome && shape.paths().size() == 1) {
        defined.addAll(shape.paths());
      }
    } else if (condition instanceof Expression.Unary unary
        && unary.operator() == Expression.UnaryOperator.NOT) {
      defined.addAll(definedIf(!outcome, unary.operand(), scope));
    } else if (condition instanceof Expression.Binary binary
        && binary.operator()
            == (outcome ? Expression.BinaryOperator.AND : Expression.BinaryOperator.OR)) {
      defined.addAll(definedIf(outcome, binary.left(), scope));
      defined.addAll(
          knowing(
              definedIf(outcome, binary.left(), scope),
              () -> definedIf(outcome, binary.right(), scope)));
    }
    return defined;
  }

  private Set<FieldPath> with(Set<FieldPath> more) {
    Set<FieldPath> all = new HashSet<>(known);
    all.addAll(more);
    return all;
  }

  private <T> T knowing(Set<FieldPath> more, Supplier<T> walk) {
    Set<FieldPath> before = known;
    known = with(more);
    T result = walk.get();
    known = before;
    return result;
  }

  private void step() {
    if (++steps > MAX_STEPS) {
      throw new TemplateSyntaxException(
          line, 1, "the macros call each other too often to find the fields they need");
    }
  }
}
