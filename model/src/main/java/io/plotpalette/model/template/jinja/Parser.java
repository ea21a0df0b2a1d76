package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Expression.Arguments;
import io.plotpalette.model.template.jinja.Expression.BinaryOperator;
import io.plotpalette.model.template.jinja.Expression.ComparisonOperator;
import io.plotpalette.model.template.jinja.Expression.FilterUse;
import io.plotpalette.model.template.jinja.Expression.FunctionCall;
import io.plotpalette.model.template.jinja.Expression.Literal;
import io.plotpalette.model.template.jinja.Expression.UnaryOperator;
import io.plotpalette.model.template.jinja.Statement.Parameter;
import io.plotpalette.model.template.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Recursive descent over Jinja's grammar; refuses every name that is not in a table. */
final class Parser {
  /** Of one template, statements and expressions together. */
  static final int MAX_NODES = 4_000;

  /** Of operators and calls within each other in one expression. */
  static final int MAX_EXPRESSION_DEPTH = 60;

  /** Of tags within each other. */
  static final int MAX_BLOCK_DEPTH = 20;

  private static final Set<String> RESERVED =
      Set.of(
          "and", "or", "not", "in", "is", "if", "else", "elif", "for", "true", "false", "none",
          "True", "False", "None", "loop", "caller", "steps");

  private static final Map<String, String> REFUSED_TAGS =
      Map.ofEntries(
          Map.entry("import", "templates cannot load other templates"),
          Map.entry("from", "templates cannot load other templates"),
          Map.entry("include", "templates cannot load other templates"),
          Map.entry("extends", "templates cannot load other templates"),
          Map.entry("block", "there are no templates to inherit from"),
          Map.entry("do", "use 'set'"),
          Map.entry("autoescape", "prompts are not HTML"));

  private final List<Token> tokens;
  private final IdentityHashMap<Expression, Integer> depths = new IdentityHashMap<>();
  private final Set<String> macros = new HashSet<>();
  private final List<FunctionCall> calls = new ArrayList<>();
  private final List<Token> callTokens = new ArrayList<>();
  private int position;
  private int nodes;
  private int nesting;
  private int blocks;

  private Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** The statements of a whole template. */
  static List<Statement> template(String source) {
    Parser parser = new Parser(Lexer.template(source));
    List<Statement> statements = parser.body(Set.of(), null);
    parser.checkCalls();
    return statements;
  }

  /** One expression without braces around it. */
  static Expression expression(String source) {
    Parser parser = new Parser(Lexer.expression(source));
    Expression expression = parser.conditional();
    if (parser.peek().kind() != Kind.END) {
      throw error(parser.peek(), "unexpected " + parser.peek().described() + " after the end");
    }
    parser.checkCalls();
    return expression;
  }

  /** Macros may be called before they are written, so calls are looked up at the end. */
  private void checkCalls() {
    for (int i = 0; i < calls.size(); i++) {
      FunctionCall call = calls.get(i);
      if (macros.contains(call.name()) || call.name().equals("caller")) {
        continue;
      }
      Functions.Function function = Functions.named(call.name());
      if (function == null) {
        throw error(
            callTokens.get(i),
            "there is no function or macro '"
                + call.name()
                + "'; allowed are "
                + listed(Functions.names()));
      }
      if (!function.takesAnyNames()) {
        checkSignature(
            callTokens.get(i),
            "function '" + call.name() + "'",
            function.signature(),
            call.arguments());
      } else if (!call.arguments().positional().isEmpty()) {
        throw error(
            callTokens.get(i),
            "the function '" + call.name() + "' takes only arguments with a name");
      }
    }
  }

  // ---- statements

  private List<Statement> body(Set<String> ends, Token opening) {
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = next();
      switch (token.kind()) {
        case TEXT -> statements.add(counted(token, new Statement.Text(token.text())));
        case OUTPUT_BEGIN -> {
          Expression value = tuple();
          expect(Kind.OUTPUT_END, "'}}'");
          statements.add(counted(token, new Statement.Output(value)));
        }
        case TAG_BEGIN -> {
          Token name = peek();
          if (name.kind() == Kind.NAME && ends.contains(name.text())) {
            return List.copyOf(statements);
          }
          statements.add(counted(token, tag(ends)));
        }
        default -> {
          if (opening != null) {
            throw error(
                opening,
                "'" + opening.text() + "' is not closed: add " + listed(new TreeSet<>(ends)));
          }
          return List.copyOf(statements);
        }
      }
    }
  }

  private Statement tag(Set<String> openEnds) {
    Token name = expect(Kind.NAME, "the name of a tag");
    if (++blocks > MAX_BLOCK_DEPTH) {
      throw error(name, "tags are nested deeper than " + MAX_BLOCK_DEPTH);
    }
    Statement statement =
        switch (name.text()) {
          case "if" -> ifTag(name);
          case "for" -> forTag(name);
          case "set" -> setTag(name);
          case "macro" -> macroTag(name);
          case "call" -> callTag(name);
          case "filter" -> filterTag(name);
          case "with" -> withTag(name);
          default -> throw unknownTag(name, openEnds);
        };
    blocks--;
    return statement;
  }

  private static TemplateSyntaxException unknownTag(Token name, Set<String> openEnds) {
    String tag = name.text();
    if (REFUSED_TAGS.containsKey(tag)) {
      return error(name, "the tag '" + tag + "' is not allowed: " + REFUSED_TAGS.get(tag));
    }
    if (tag.startsWith("end") || tag.equals("else") || tag.equals("elif")) {
      return error(
          name,
          openEnds.isEmpty()
              ? "'" + tag + "' closes nothing that is open"
              : "'" + tag + "' does not belong here; expected " + listed(new TreeSet<>(openEnds)));
    }
    return error(
        name,
        "the tag '"
            + tag
            + "' is not allowed; allowed are call, filter, for, if, macro, raw, set, with");
  }

  private Statement ifTag(Token opening) {
    List<Statement.If.Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    Expression condition = tuple();
    while (true) {
      endOfTag();
      List<Statement> body = body(Set.of("elif", "else", "endif"), opening);
      branches.add(new Statement.If.Branch(condition, body));
      Token end = next();
      if (end.isName("elif")) {
        condition = tuple();
        continue;
      }
      if (end.isName("else")) {
        endOfTag();
        otherwise = body(Set.of("endif"), opening);
        next();
      }
      endOfTag();
      return new Statement.If(List.copyOf(branches), otherwise);
    }
  }

  private Statement forTag(Token opening) {
    List<String> targets = targets();
    expectName("in");
    Expression iterable = tupleWithoutCondition();
    Expression filter = null;
    if (peek().isName("if")) {
      next();
      filter = conditional();
    }
    if (peek().isName("recursive")) {
      throw error(peek(), "'recursive' is not allowed: use a macro");
    }
    endOfTag();
    List<Statement> body = body(Set.of("else", "endfor"), opening);
    List<Statement> otherwise = List.of();
    if (next().isName("else")) {
      endOfTag();
      otherwise = body(Set.of("endfor"), opening);
      next();
    }
    endOfTag();
    return new Statement.For(targets, iterable, filter, body, otherwise, opening.line());
  }

  private Statement setTag(Token opening) {
    Token first = peek();
    List<String> targets = targets();
    if (targets.size() == 1 && peek().isOperator(".")) {
      next();
      Token attribute = expect(Kind.NAME, "the name of an attribute");
      checkIdentifier(attribute);
      expectOperator("=");
      Expression value = tuple();
      endOfTag();
      return new Statement.SetAttribute(first.text(), attribute.text(), value, first.line());
    }
    if (peek().isOperator("=")) {
      next();
      Expression value = tuple();
      endOfTag();
      return new Statement.Set(targets, value);
    }
    if (targets.size() > 1) {
      throw error(peek(), "expected '=' after the names to set");
    }
    List<FilterUse> filters = new ArrayList<>();
    while (peek().isOperator("|")) {
      next();
      filters.add(filterUse());
    }
    endOfTag();
    List<Statement> body = body(Set.of("endset"), opening);
    next();
    endOfTag();
    return new Statement.SetBlock(targets.get(0), List.copyOf(filters), body);
  }

  private Statement macroTag(Token opening) {
    Token name = expect(Kind.NAME, "the name of the macro");
    checkIdentifier(name);
    if (Functions.named(name.text()) != null || !macros.add(name.text())) {
      throw error(name, "the name '" + name.text() + "' is taken: choose another for the macro");
    }
    List<Parameter> parameters = parameters();
    endOfTag();
    List<Statement> body = body(Set.of("endmacro"), opening);
    next();
    endOfTag();
    return new Statement.Macro(name.text(), parameters, body);
  }

  private Statement callTag(Token opening) {
    List<Parameter> parameters = peek().isOperator("(") ? parameters() : List.of();
    Token at = peek();
    Expression call = unary(true);
    if (!(call instanceof FunctionCall function)) {
      throw error(at, "expected the call of a macro after 'call'");
    }
    endOfTag();
    List<Statement> body = body(Set.of("endcall"), opening);
    next();
    endOfTag();
    return new Statement.Call(parameters, function, body);
  }

  private Statement filterTag(Token opening) {
    List<FilterUse> filters = new ArrayList<>();
    do {
      filters.add(filterUse());
    } while (accept("|"));
    endOfTag();
    List<Statement> body = body(Set.of("endfilter"), opening);
    next();
    endOfTag();
    return new Statement.FilterBlock(List.copyOf(filters), body);
  }

  private Statement withTag(Token opening) {
    List<Parameter> variables = new ArrayList<>();
    while (peek().kind() != Kind.TAG_END) {
      if (!variables.isEmpty()) {
        expectOperator(",");
      }
      Token name = expect(Kind.NAME, "a name");
      checkIdentifier(name);
      expectOperator("=");
      variables.add(new Parameter(name.text(), conditional()));
    }
    endOfTag();
    List<Statement> body = body(Set.of("endwith"), opening);
    next();
    endOfTag();
    return new Statement.With(List.copyOf(variables), body);
  }

  private List<String> targets() {
    List<String> names = new ArrayList<>();
    boolean parenthesis = accept("(");
    do {
      Token name = expect(Kind.NAME, "a name");
      checkIdentifier(name);
      names.add(name.text());
    } while (accept(",") && peek().kind() == Kind.NAME && !peek().isName("in"));
    if (parenthesis) {
      expectOperator(")");
    }
    return List.copyOf(names);
  }

  private List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    Set<String> names = new HashSet<>();
    expectOperator("(");
    while (!accept(")")) {
      if (!parameters.isEmpty()) {
        expectOperator(",");
      }
      Token name = expect(Kind.NAME, "the name of an argument");
      checkIdentifier(name);
      if (!names.add(name.text())) {
        throw error(name, "the argument '" + name.text() + "' is there twice");
      }
      Expression value = null;
      if (accept("=")) {
        value = conditional();
      } else if (!parameters.isEmpty() && parameters.get(parameters.size() - 1).value() != null) {
        throw error(name, "the argument '" + name.text() + "' needs a default like those before");
      }
      parameters.add(new Parameter(name.text(), value));
    }
    return List.copyOf(parameters);
  }

  private void checkIdentifier(Token name) {
    if (RESERVED.contains(name.text())) {
      throw error(name, "the name '" + name.text() + "' is reserved: choose another");
    }
    checkNotInternal(name);
  }

  /** Nothing in this package has such a name; whoever writes one is looking for a way out. */
  private static void checkNotInternal(Token name) {
    if (name.text().startsWith("__")) {
      throw error(name, "names that start with '__' are not allowed: '" + name.text() + "'");
    }
  }

  private void endOfTag() {
    expect(Kind.TAG_END, "'%}'");
  }

  // ---- expressions

  /** An expression, or several with commas between them, which make a list. */
  private Expression tuple() {
    return tupleOf(this::conditional);
  }

  /** What {@code for} loops over: an {@code if} after it belongs to the loop. */
  private Expression tupleWithoutCondition() {
    return tupleOf(this::or);
  }

  private Expression tupleOf(Supplier<Expression> element) {
    Token start = peek();
    Expression first = element.get();
    if (!peek().isOperator(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (accept(",")) {
      if (endsTuple(peek())) {
        break;
      }
      items.add(element.get());
    }
    return list(items, start);
  }

  private static boolean endsTuple(Token token) {
    return token.kind() == Kind.OUTPUT_END
        || token.kind() == Kind.TAG_END
        || token.isOperator(")")
        || token.isName("if");
  }

  private Expression conditional() {
    enter();
    Expression value = or();
    while (peek().isName("if")) {
      Token at = next();
      Expression condition = or();
      Expression otherwise = null;
      if (peek().isName("else")) {
        next();
        otherwise = conditional();
      }
      value =
          otherwise == null
              ? built(
                  at,
                  new Expression.Conditional(condition, value, null, at.line()),
                  condition,
                  value)
              : built(
                  at,
                  new Expression.Conditional(condition, value, otherwise, at.line()),
                  condition,
                  value,
                  otherwise);
    }
    leave();
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (peek().isName("or")) {
      Token at = next();
      left = binary(at, BinaryOperator.OR, left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (peek().isName("and")) {
      Token at = next();
      left = binary(at, BinaryOperator.AND, left, not());
    }
    return left;
  }

  private Expression not() {
    if (!peek().isName("not")) {
      return comparison();
    }
    enter();
    Token at = next();
    Expression operand = not();
    leave();
    return built(at, new Expression.Unary(UnaryOperator.NOT, operand, at.line()), operand);
  }

  private Expression comparison() {
    Expression first = sum();
    List<Expression.Comparison.Operand> others = new ArrayList<>();
    List<Expression> children = new ArrayList<>(List.of(first));
    Token at = peek();
    while (true) {
      ComparisonOperator operator = comparisonOperator();
      if (operator == null) {
        return others.isEmpty()
            ? first
            : built(
                at,
                new Expression.Comparison(first, List.copyOf(others), at.line()),
                children.toArray(Expression[]::new));
      }
      Expression value = sum();
      children.add(value);
      others.add(new Expression.Comparison.Operand(operator, value));
    }
  }

  private ComparisonOperator comparisonOperator() {
    Token token = peek();
    if (token.isName("not") && tokens.get(position + 1).isName("in")) {
      next();
      next();
      return ComparisonOperator.NOT_IN;
    }
    if (token.kind() != Kind.OPERATOR && !token.isName("in")) {
      return null;
    }
    for (ComparisonOperator operator : ComparisonOperator.values()) {
      if (token.text().equals(operator.symbol())) {
        next();
        return operator;
      }
    }
    return null;
  }

  private Expression sum() {
    Expression left = concatenation();
    while (peek().isOperator("+") || peek().isOperator("-")) {
      Token at = next();
      BinaryOperator operator = at.isOperator("+") ? BinaryOperator.ADD : BinaryOperator.SUBTRACT;
      left = binary(at, operator, left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression left = product();
    while (peek().isOperator("~")) {
      Token at = next();
      left = binary(at, BinaryOperator.CONCATENATE, left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = power();
    while (true) {
      BinaryOperator operator =
          switch (peek().kind() == Kind.OPERATOR ? peek().text() : "") {
            case "*" -> BinaryOperator.MULTIPLY;
            case "/" -> BinaryOperator.DIVIDE;
            case "//" -> BinaryOperator.FLOOR_DIVIDE;
            case "%" -> BinaryOperator.MODULO;
            default -> null;
          };
      if (operator == null) {
        return left;
      }
      Token at = next();
      left = binary(at, operator, left, power());
    }
  }

  private Expression power() {
    Expression left = unary(true);
    while (peek().isOperator("**")) {
      Token at = next();
      left = binary(at, BinaryOperator.POWER, left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    enter();
    Expression value;
    Token at = peek();
    if (at.isOperator("-") || at.isOperator("+")) {
      next();
      Expression operand = unary(false);
      UnaryOperator operator = at.isOperator("-") ? UnaryOperator.MINUS : UnaryOperator.PLUS;
      value = built(at, new Expression.Unary(operator, operand, at.line()), operand);
    } else {
      value = postfix(primary());
    }
    leave();
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = next();
    switch (token.kind()) {
      case NAME -> {
        return nameOrConstant(token);
      }
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (peek().kind() == Kind.STRING) {
          text.append(next().text());
        }
        return built(token, new Literal(text.toString(), token.line()));
      }
      case INTEGER -> {
        return built(token, new Literal(integer(token), token.line()));
      }
      case FLOAT -> {
        double number = Double.parseDouble(token.text());
        if (Double.isInfinite(number)) {
          throw error(token, "the number " + token.text() + " is too large");
        }
        return built(token, new Literal(number, token.line()));
      }
      default -> {
        if (token.isOperator("(")) {
          if (accept(")")) {
            return list(List.of(), token);
          }
          Expression inner = tuple();
          expectOperator(")");
          return inner;
        }
        if (token.isOperator("[")) {
          return listLiteral(token);
        }
        if (token.isOperator("{")) {
          return dictLiteral(token);
        }
        throw error(token, "expected a value, found " + token.described());
      }
    }
  }

  private Expression nameOrConstant(Token token) {
    switch (token.text()) {
      case "true", "True" -> {
        return built(token, new Literal(true, token.line()));
      }
      case "false", "False" -> {
        return built(token, new Literal(false, token.line()));
      }
      case "none", "None" -> {
        return built(token, new Literal(null, token.line()));
      }
      case "and", "or", "in", "is", "if", "else" ->
          throw error(token, "expected a value, found '" + token.text() + "'");
      default -> {
        checkNotInternal(token);
        if (peek().isOperator("(")) {
          Arguments arguments = arguments();
          FunctionCall call = new FunctionCall(token.text(), arguments, token.line());
          calls.add(call);
          callTokens.add(token);
          return built(token, call, children(arguments, null));
        }
        return built(token, new Expression.Name(token.text(), token.line()));
      }
    }
  }

  private static Long integer(Token token) {
    try {
      return Long.valueOf(token.text());
    } catch (NumberFormatException e) {
      throw error(token, "the number " + token.text() + " is larger than 64 bits hold");
    }
  }

  private Expression listLiteral(Token start) {
    List<Expression> items = new ArrayList<>();
    while (!accept("]")) {
      if (!items.isEmpty()) {
        expectOperator(",");
        if (accept("]")) {
          break;
        }
      }
      items.add(conditional());
    }
    return list(items, start);
  }

  private Expression list(List<Expression> items, Token at) {
    return built(
        at,
        new Expression.ListLiteral(List.copyOf(items), at.line()),
        items.toArray(Expression[]::new));
  }

  private Expression dictLiteral(Token start) {
    List<Expression.DictLiteral.Entry> entries = new ArrayList<>();
    List<Expression> children = new ArrayList<>();
    while (!accept("}")) {
      if (!entries.isEmpty()) {
        expectOperator(",");
        if (accept("}")) {
          break;
        }
      }
      Expression key = conditional();
      expectOperator(":");
      Expression value = conditional();
      entries.add(new Expression.DictLiteral.Entry(key, value));
      children.add(key);
      children.add(value);
    }
    return built(
        start,
        new Expression.DictLiteral(List.copyOf(entries), start.line()),
        children.toArray(Expression[]::new));
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      Token at = peek();
      if (accept(".")) {
        value = attribute(value, at);
      } else if (accept("[")) {
        value = subscript(value, at);
      } else if (at.isOperator("(")) {
        throw error(at, "only macros, functions and the methods of texts and maps can be called");
      } else {
        return value;
      }
    }
  }

  private Expression attribute(Expression base, Token at) {
    Token name = next();
    if (name.kind() == Kind.INTEGER) {
      Expression index = built(name, new Literal(integer(name), name.line()));
      return built(at, new Expression.Item(base, index, at.line()), base, index);
    }
    if (name.kind() != Kind.NAME) {
      throw error(name, "expected a name after '.', found " + name.described());
    }
    checkNotInternal(name);
    if (!peek().isOperator("(")) {
      return built(at, new Expression.Attribute(base, name.text(), name.line()), base);
    }
    Signature signature = Methods.signature(name.text());
    if (signature == null) {
      throw error(
          name,
          "the method '"
              + name.text()
              + "' is not allowed; allowed are "
              + listed(Methods.names()));
    }
    Arguments arguments = arguments();
    checkSignature(name, "method '" + name.text() + "'", signature, arguments);
    return built(
        at,
        new Expression.MethodCall(base, name.text(), arguments, name.line()),
        children(arguments, base));
  }

  private Expression subscript(Expression base, Token at) {
    if (peek().isOperator("]")) {
      throw error(peek(), "expected an index between the brackets");
    }
    Expression start = peek().isOperator(":") ? null : conditional();
    if (accept("]")) {
      if (start instanceof Literal literal
          && literal.value() instanceof String text
          && text.startsWith("__")) {
        throw error(
            at, "names that start with '__' are not allowed: '" + Token.shortened(text) + "'");
      }
      return built(at, new Expression.Item(base, start, at.line()), base, start);
    }
    expectOperator(":");
    Expression stop = peek().isOperator(":") || peek().isOperator("]") ? null : conditional();
    Expression step = accept(":") && !peek().isOperator("]") ? conditional() : null;
    expectOperator("]");
    List<Expression> children = new ArrayList<>(List.of(base));
    for (Expression bound : new Expression[] {start, stop, step}) {
      if (bound != null) {
        children.add(bound);
      }
    }
    return built(
        at,
        new Expression.Slice(base, start, stop, step, at.line()),
        children.toArray(Expression[]::new));
  }

  private Arguments arguments() {
    expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    boolean first = true;
    while (!accept(")")) {
      if (!first) {
        expectOperator(",");
        if (accept(")")) {
          break;
        }
      }
      first = false;
      Token start = peek();
      if (start.isOperator("*") || start.isOperator("**")) {
        throw error(start, "'" + start.text() + "' before an argument is not allowed");
      }
      if (start.kind() == Kind.NAME && tokens.get(position + 1).isOperator("=")) {
        next();
        next();
        checkNotInternal(start);
        if (named.put(start.text(), conditional()) != null) {
          throw error(start, "the argument '" + start.text() + "' is there twice");
        }
      } else if (named.isEmpty()) {
        positional.add(conditional());
      } else {
        throw error(start, "an argument without a name cannot follow one with a name");
      }
    }
    return new Arguments(List.copyOf(positional), Collections.unmodifiableMap(named));
  }

  private static Expression[] children(Arguments arguments, Expression base) {
    List<Expression> all = new ArrayList<>(arguments.positional());
    all.addAll(arguments.named().values());
    if (base != null) {
      all.add(base);
    }
    return all.toArray(Expression[]::new);
  }

  private Expression filtersAndTests(Expression start) {
    Expression value = start;
    while (true) {
      Token at = peek();
      if (accept("|")) {
        FilterUse use = filterUse();
        value = built(at, new Expression.Filtered(value, use), children(use.arguments(), value));
      } else if (at.isName("is")) {
        next();
        value = test(value, at);
      } else {
        return value;
      }
    }
  }

  private FilterUse filterUse() {
    Token name = expect(Kind.NAME, "the name of a filter");
    Filters.Filter filter = Filters.named(name.text());
    if (filter == null) {
      throw error(
          name,
          "the filter '"
              + name.text()
              + "' is not allowed; allowed are "
              + listed(Filters.names()));
    }
    Arguments arguments = peek().isOperator("(") ? arguments() : Arguments.NONE;
    if (arguments.named().containsKey("attribute") && name.text().equals("map")) {
      filter = Filters.MAP_ATTRIBUTE;
    }
    String subject = "filter '" + name.text() + "'";
    checkSignature(name, subject, filter.signature(), arguments);
    Expression attribute = Filters.attributeArgument(filter, arguments);
    if (attribute != null
        && !(attribute instanceof Literal literal
            && (literal.value() instanceof String || literal.value() instanceof Long))) {
      throw error(name, "the attribute of the " + subject + " must be a text in quotes");
    }
    checkNested(name, subject, filter, arguments);
    return new FilterUse(filter, arguments, name.line());
  }

  /** {@code map('upper')}, {@code select('odd')}: the filter or test inside is checked here too. */
  private void checkNested(Token at, String subject, Filters.Filter filter, Arguments arguments) {
    int index = filter.nested().argument();
    if (index < 0) {
      return;
    }
    if (!arguments.named().isEmpty()) {
      throw error(at, "the " + subject + " takes its arguments without their names");
    }
    if (arguments.positional().size() <= index) {
      return;
    }
    Arguments inner =
        new Arguments(
            arguments.positional().subList(index + 1, arguments.positional().size()), Map.of());
    if (!(arguments.positional().get(index) instanceof Literal literal
        && literal.value() instanceof String name)) {
      throw error(at, "the " + subject + " needs a name in quotes");
    }
    if (filter.nested() == Filters.Nested.FILTER) {
      Filters.Filter nested = Filters.named(name);
      if (nested == null) {
        throw error(
            at, "the filter '" + name + "' is not allowed; allowed are " + listed(Filters.names()));
      }
      if (nested.nested() != Filters.Nested.NONE) {
        throw error(at, "the filter '" + name + "' cannot be used within 'map'");
      }
      checkSignature(at, "filter '" + name + "'", nested.signature(), inner);
    } else {
      checkSignature(at, "test '" + name + "'", testNamed(at, name).signature(), inner);
    }
  }

  private static Tests.Test testNamed(Token at, String name) {
    Tests.Test test = Tests.named(name);
    if (test == null) {
      throw error(
          at,
          "the test '"
              + Token.shortened(name)
              + "' is not allowed; allowed are "
              + listed(Tests.names()));
    }
    return test;
  }

  private Expression test(Expression input, Token at) {
    boolean negated = peek().isName("not");
    if (negated) {
      next();
    }
    Token name = expect(Kind.NAME, "the name of a test");
    Tests.Test test = testNamed(name, name.text());
    Arguments arguments = Arguments.NONE;
    if (peek().isOperator("(")) {
      arguments = arguments();
    } else if (startsTestArgument(peek())) {
      Expression argument = postfix(primary());
      arguments = new Arguments(List.of(argument), Map.of());
    }
    checkSignature(name, "test '" + name.text() + "'", test.signature(), arguments);
    return built(
        at,
        new Expression.Tested(input, test, arguments, negated, at.line()),
        children(arguments, input));
  }

  private static boolean startsTestArgument(Token token) {
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME ->
          !Set.of("else", "or", "and", "is", "if", "in", "not", "recursive").contains(token.text());
      case OPERATOR -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }

  private static void checkSignature(
      Token at, String subject, Signature signature, Arguments arguments) {
    String problem = signature.problem(arguments);
    if (problem != null) {
      throw error(at, "the " + subject + " " + problem);
    }
  }

  // ---- tokens and limits

  private Expression binary(Token at, BinaryOperator operator, Expression left, Expression right) {
    return built(at, new Expression.Binary(operator, left, right, at.line()), left, right);
  }

  /** Counts the node and how deep it is, so that evaluating it cannot exhaust the stack. */
  private <E extends Expression> E built(Token at, E node, Expression... children) {
    int depth = 0;
    for (Expression child : children) {
      depth = Math.max(depth, depths.getOrDefault(child, 0));
    }
    if (depth + 1 > MAX_EXPRESSION_DEPTH) {
      throw error(at, "the expression is nested deeper than " + MAX_EXPRESSION_DEPTH);
    }
    depths.put(node, depth + 1);
    return counted(at, node);
  }

  private <N> N counted(Token at, N node) {
    if (++nodes > MAX_NODES) {
      throw error(at, "the template has more than " + MAX_NODES + " parts: make it smaller");
    }
    return node;
  }

  private void enter() {
    if (++nesting > 2 * MAX_EXPRESSION_DEPTH) {
      throw error(peek(), "the expression is nested deeper than " + MAX_EXPRESSION_DEPTH);
    }
  }

  private void leave() {
    nesting--;
  }

  private Token peek() {
    return tokens.get(position);
  }

  private Token next() {
    Token token = tokens.get(position);
    if (token.kind() != Kind.END) {
      position++;
    }
    return token;
  }

  private boolean accept(String operator) {
    if (peek().isOperator(operator)) {
      position++;
      return true;
    }
    return false;
  }

  private Token expect(Kind kind, String what) {
    return expect(token -> token.kind() == kind, what);
  }

  private void expectOperator(String operator) {
    expect(token -> token.isOperator(operator), "'" + operator + "'");
  }

  private void expectName(String name) {
    expect(token -> token.isName(name), "'" + name + "'");
  }

  private Token expect(Predicate<Token> condition, String what) {
    Token token = next();
    if (!condition.test(token)) {
      throw error(token, "expected " + what + ", found " + token.described());
    }
    return token;
  }

  private static String listed(Set<String> names) {
    return names.stream().collect(Collectors.joining(", "));
  }

  private static TemplateSyntaxException error(Token at, String message) {
    return new TemplateSyntaxException(at.line(), at.column(), message);
  }
}
