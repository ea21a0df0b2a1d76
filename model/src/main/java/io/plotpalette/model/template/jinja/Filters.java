package io.plotpalette.model.template.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The filters a template may use, and no others. */
final class Filters {
  /** Stands for the argument {@code none}; null stands for one that was not given. */
  static final Object NONE_GIVEN = new Object();

  /** Which filter or test a filter applies to elements, by an argument in quotes. */
  enum Nested {
    NONE(-1),
    FILTER(0),
    TEST(0),
    TEST_OF_ATTRIBUTE(1);

    private final int argument;

    Nested(int argument) {
      this.argument = argument;
    }

    int argument() {
      return argument;
    }
  }

  /** What a filter does with its input and its arguments in the order of the signature. */
  @FunctionalInterface
  interface Body {
    Object apply(Evaluator evaluator, Object input, Object[] arguments);
  }

  record Filter(String name, Signature signature, Nested nested, Body body) {
    Object apply(Evaluator evaluator, Object input, Object[] arguments) {
      return body.apply(evaluator, input, arguments);
    }
  }

  /** {@code map(attribute='...')}, which in Jinja has the name of the other {@code map}. */
  static final Filter MAP_ATTRIBUTE =
      new Filter("map", Signature.of("attribute default?"), Nested.NONE, Filters::mapAttribute);

  /** Of a text that is brought into upper case, in UTF-16 units. */
  private static final int PIECE = 256;

  private static final Map<String, Filter> ALL = new HashMap<>();

  static {
    add("abs", "", (e, in, a) -> absolute(in));
    add("batch", "linecount fill_with?", Filters::batch);
    add("capitalize", "", (e, in, a) -> capitalized(e, text(e, in)));
    add("center", "width?", Filters::center);
    add("count", "", Filters::length);
    add("d", "default_value? boolean?", Filters::orDefault);
    add("default", "default_value? boolean?", Filters::orDefault);
    add("dictsort", "case_sensitive? by? reverse?", Filters::dictSort);
    add("first", "", (e, in, a) -> end(e, in, true));
    add("float", "default?", Filters::toDecimal);
    add("groupby", "attribute default? case_sensitive?", Filters::groupBy);
    add("indent", "width? first? blank?", Filters::indent);
    add("int", "default? base?", Filters::toWhole);
    add("items", "", (e, in, a) -> Methods.items(e, map(in)));
    add("join", "d? attribute?", Filters::join);
    add("last", "", (e, in, a) -> end(e, in, false));
    add("length", "", Filters::length);
    add("list", "", (e, in, a) -> copied(e, e.values().elements(in)));
    add("lower", "", (e, in, a) -> lower(e, text(e, in)));
    add("map", "filter ...", Nested.FILTER, Filters::map);
    add("max", "case_sensitive? attribute?", (e, in, a) -> extreme(e, in, a, 1));
    add("min", "case_sensitive? attribute?", (e, in, a) -> extreme(e, in, a, -1));
    add("random", "", Filters::random);
    add("random_sentence", "", (e, in, a) -> Prose.randomSentence(e, text(e, in)));
    add("reject", "test? ...", Nested.TEST, (e, in, a) -> selected(e, in, a, false, false));
    add(
        "rejectattr",
        "attribute test? ...",
        Nested.TEST_OF_ATTRIBUTE,
        (e, in, a) -> selected(e, in, a, true, false));
    add("replace", "old new count?", Filters::replace);
    add("reverse", "", Filters::reverse);
    add("round", "precision? method?", Filters::round);
    add("select", "test? ...", Nested.TEST, (e, in, a) -> selected(e, in, a, false, true));
    add(
        "selectattr",
        "attribute test? ...",
        Nested.TEST_OF_ATTRIBUTE,
        (e, in, a) -> selected(e, in, a, true, true));
    add("slice", "slices fill_with?", Filters::slices);
    add("sort", "reverse? case_sensitive? attribute?", Filters::sort);
    add("string", "", (e, in, a) -> text(e, in));
    add("sum", "attribute? start?", Filters::sum);
    add("title", "", (e, in, a) -> title(e, text(e, in)));
    add("tojson", "indent?", (e, in, a) -> Json.text(e, in, a[0]));
    add("trim", "chars?", (e, in, a) -> Methods.strip(e, text(e, in), a[0], true, true));
    add("truncate", "length? killwords? end? leeway?", Filters::truncate);
    add("truncate_tokens", "count", (e, in, a) -> Prose.truncateTokens(e, text(e, in), a[0]));
    add("unique", "case_sensitive? attribute?", Filters::unique);
    add("upper", "", (e, in, a) -> upper(e, text(e, in)));
    add("wordcount", "", (e, in, a) -> wordCount(e, text(e, in)));
    add("writing_style", "", (e, in, a) -> Prose.writingStyle(e, text(e, in)));
  }

  private Filters() {}

  private static void add(String name, String parameters, Body body) {
    add(name, parameters, Nested.NONE, body);
  }

  private static void add(String name, String parameters, Nested nested, Body body) {
    ALL.put(name, new Filter(name, Signature.of(parameters), nested, body));
  }

  /** Null when there is none. */
  static Filter named(String name) {
    return ALL.get(name);
  }

  static Set<String> names() {
    return new TreeSet<>(ALL.keySet());
  }

  /** The argument that names a part of every element, or null when it is not given. */
  static Expression attributeArgument(Filter filter, Expression.Arguments arguments) {
    int index = filter.signature().parameters().indexOf("attribute");
    if (index < 0) {
      return null;
    }
    Expression named = arguments.named().get("attribute");
    if (named != null) {
      return named;
    }
    return arguments.positional().size() > index ? arguments.positional().get(index) : null;
  }

  // ---- texts

  private static String capitalized(Evaluator e, String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return upper(e, text.substring(0, first)) + lower(e, text.substring(first));
  }

  static String lower(Evaluator e, String text) {
    e.budget().allocate(text.length());
    // The one letter that grows, and Java copies the whole text for every one that does. What it
    // becomes is lower case already, and a sigma beside it stays what it would be.
    return text.replace("\u0130", "i\u0307").toLowerCase(Locale.ROOT);
  }

  static String upper(Evaluator e, String text) {
    // One letter may become three.
    e.budget().allocate(text.length());
    if (text.length() <= PIECE) {
      return text.toUpperCase(Locale.ROOT);
    }
    // Piece by piece, since Java copies all of a text for every letter that grows.
    StringBuilder out = new StringBuilder(text.length());
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + PIECE);
      if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
        to++;
      }
      out.append(text.substring(from, to).toUpperCase(Locale.ROOT));
      from = to;
    }
    return out.toString();
  }

  static String title(Evaluator e, String text) {
    e.budget().allocate(text.length() * 2L);
    StringBuilder out = new StringBuilder(text.length());
    boolean startsWord = true;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      out.appendCodePoint(startsWord ? Character.toTitleCase(c) : Character.toLowerCase(c));
      startsWord = Character.isWhitespace(c) || "-({[<".indexOf(c) >= 0;
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static Object center(Evaluator e, Object input, Object[] a) {
    String text = text(e, input);
    int width = a[0] == null ? 80 : Values.count(a[0], "the width of 'center'");
    int padding = Math.max(0, width - e.values().length(text));
    e.budget().allocate(padding + text.length());
    // Python puts the odd space on the left when the width is odd, else on the right.
    int left = padding / 2 + (padding & width & 1);
    return " ".repeat(left) + text + " ".repeat(padding - left);
  }

  private static Object indent(Evaluator e, Object input, Object[] a) {
    String text = text(e, input);
    String indention =
        given(a[0]) instanceof String prefix
            ? prefix
            : " ".repeat(a[0] == null ? 4 : Values.count(a[0], "the width of 'indent'"));
    e.budget().allocate(indention.length());
    boolean first = a[1] != null && Values.isTrue(given(a[1]));
    boolean blank = a[2] != null && Values.isTrue(given(a[2]));
    StringBuilder out = new StringBuilder();
    int start = 0;
    while (start <= text.length()) {
      int end = text.indexOf('\n', start);
      String line = text.substring(start, end < 0 ? text.length() : end);
      boolean indented = start == 0 ? first : blank || !line.isBlank();
      e.values().append(indented ? indention : "", out);
      e.values().append(line, out);
      if (end < 0) {
        break;
      }
      e.values().append("\n", out);
      start = end + 1;
    }
    return out.toString();
  }

  private static Object replace(Evaluator e, Object input, Object[] a) {
    return Methods.replaced(e, text(e, input), text(e, given(a[0])), text(e, given(a[1])), a[2]);
  }

  private static Object reverse(Evaluator e, Object input, Object[] a) {
    if (Values.defined(input) instanceof String text) {
      e.budget().allocate(text.length());
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> reversed = copied(e, e.values().elements(input));
    Collections.reverse(reversed);
    return reversed;
  }

  private static Object truncate(Evaluator e, Object input, Object[] a) {
    String text = text(e, input);
    int length = a[0] == null ? 255 : Values.count(a[0], "the length of 'truncate'");
    boolean killWords = a[1] != null && Values.isTrue(given(a[1]));
    String end = a[2] == null ? "..." : text(e, given(a[2]));
    int leeway = a[3] == null ? 5 : Values.count(a[3], "the leeway of 'truncate'");
    int room = length - e.values().length(end);
    if (room < 0) {
      throw new EvaluationException("'truncate' to " + length + " leaves no room for its end");
    }
    if (e.values().length(text) <= length + leeway) {
      return text;
    }
    String kept = e.values().substring(text, 0, room);
    int space = kept.lastIndexOf(' ');
    if (!killWords && space >= 0) {
      kept = kept.substring(0, space);
    }
    e.budget().allocate(kept.length() + end.length());
    return kept + end;
  }

  private static Long wordCount(Evaluator e, String text) {
    e.budget().work(text.length());
    long words = 0;
    boolean within = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = Character.isLetterOrDigit(c) || c == '_' || Character.isSurrogate(c);
      words += letter && !within ? 1 : 0;
      within = letter;
    }
    return words;
  }

  // ---- numbers

  private static Object absolute(Object input) {
    Object number = Arithmetic.number(Values.defined(input));
    if (number instanceof Long whole) {
      return whole < 0 ? Arithmetic.negate(whole) : whole;
    }
    return Math.abs((Double) number);
  }

  private static Object toWhole(Evaluator e, Object input, Object[] a) {
    Object fallback = a[0] == null ? (Object) 0L : given(a[0]);
    long base = a[1] == null ? 10 : Values.wholeNumber(given(a[1]), "the base of 'int'");
    if (base < 2 || base > 36) {
      throw new EvaluationException("the base of 'int' must be between 2 and 36, not " + base);
    }
    if (Values.defined(input) instanceof String text) {
      e.budget().work(text.length());
      String stripped = text.strip().replace("_", "");
      try {
        return Long.valueOf(stripped, (int) base);
      } catch (NumberFormatException notWhole) {
        Object decimal = decimal(stripped);
        return decimal == null ? fallback : truncated((Double) decimal, fallback);
      }
    }
    if (input instanceof Double decimal) {
      return truncated(decimal, fallback);
    }
    return Values.isNumeric(input) ? (Object) (long) Values.number(input) : fallback;
  }

  private static Object truncated(double decimal, Object fallback) {
    return Math.abs(decimal) < 9.2e18 ? (Object) (long) decimal : fallback;
  }

  private static Object toDecimal(Evaluator e, Object input, Object[] a) {
    Object fallback = a[0] == null ? (Object) 0.0 : given(a[0]);
    if (Values.defined(input) instanceof String text) {
      e.budget().work(text.length());
      Object decimal = decimal(text.strip());
      return decimal == null ? fallback : decimal;
    }
    return Values.isNumeric(input) ? (Object) Values.number(input) : fallback;
  }

  /** Null for anything but plain decimal notation: Java also reads "1f" and "0x1p3". */
  private static Object decimal(String text) {
    if (text.isEmpty() || text.length() > 400) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return null;
      }
    }
    try {
      double number = Double.parseDouble(text);
      return Double.isInfinite(number) ? null : (Object) number;
    } catch (NumberFormatException notDecimal) {
      return null;
    }
  }

  private static Object round(Evaluator e, Object input, Object[] a) {
    long precision = a[0] == null ? 0 : Values.wholeNumber(given(a[0]), "the precision of 'round'");
    if (Math.abs(precision) > 20) {
      throw new EvaluationException("the precision of 'round' must be between -20 and 20");
    }
    String method = a[1] == null ? "common" : text(e, given(a[1]));
    RoundingMode mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default ->
              throw new EvaluationException(
                  "the method of 'round' must be common, ceil or floor, not '" + method + "'");
        };
    Object number = Arithmetic.number(Values.defined(input));
    if (number instanceof Double decimal) {
      e.values().workOn(decimal);
    }
    BigDecimal exact =
        number instanceof Long whole ? BigDecimal.valueOf(whole) : new BigDecimal((Double) number);
    BigDecimal rounded = exact.setScale((int) precision, mode);
    // Python rounds a whole number to a whole number, but divides for the two other methods.
    return number instanceof Long && mode == RoundingMode.HALF_EVEN
        ? (Object) rounded.longValue()
        : (Object) rounded.doubleValue();
  }

  private static Object sum(Evaluator e, Object input, Object[] a) {
    Object total = a[1] == null ? (Object) 0L : given(a[1]);
    for (Object element : e.values().elements(input)) {
      Object part = Values.defined(part(e, element, a[0]));
      total = Arithmetic.apply(Expression.BinaryOperator.ADD, total, part);
      e.budget().work(1);
    }
    return total;
  }

  // ---- lists

  private static Object length(Evaluator e, Object input, Object[] a) {
    if (Values.defined(input) instanceof String text) {
      return (long) e.values().length(text);
    }
    if (input instanceof Map<?, ?> map) {
      return (long) map.size();
    }
    return (long) e.values().elements(input).size();
  }

  private static Object end(Evaluator e, Object input, boolean first) {
    List<?> elements = e.values().elements(input);
    if (elements.isEmpty()) {
      return new Undefined(
          "", "there is no " + (first ? "first" : "last") + " element: it is empty");
    }
    return elements.get(first ? 0 : elements.size() - 1);
  }

  private static Object random(Evaluator e, Object input, Object[] a) {
    List<?> elements = e.values().elements(input);
    if (elements.isEmpty()) {
      return new Undefined("", "there is no random element: it is empty");
    }
    return elements.get(e.random().nextInt(elements.size()));
  }

  private static Object join(Evaluator e, Object input, Object[] a) {
    String separator = a[0] == null ? "" : text(e, given(a[0]));
    return joined(e, e.values().elements(input), separator, a[1]);
  }

  static String joined(Evaluator e, List<?> elements, String separator, Object attribute) {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (Object element : elements) {
      if (!first) {
        e.values().append(separator, out);
      }
      first = false;
      e.values().print(part(e, element, attribute), out);
    }
    return out.toString();
  }

  private static Object map(Evaluator e, Object input, Object[] a) {
    Filter filter = named((String) a[0]);
    Object[] inner = nestedArguments(filter.signature(), a, 1);
    List<Object> out = new ArrayList<>();
    for (Object element : e.values().elements(input)) {
      e.budget().allocateElements(1);
      out.add(filter.apply(e, element, inner));
    }
    return out;
  }

  private static Object mapAttribute(Evaluator e, Object input, Object[] a) {
    List<Object> out = new ArrayList<>();
    for (Object element : e.values().elements(input)) {
      e.budget().allocateElements(1);
      Object part = part(e, element, a[0]);
      out.add(part instanceof Undefined && a[1] != null ? given(a[1]) : part);
    }
    return out;
  }

  private static Object[] nestedArguments(Signature signature, Object[] outer, int from) {
    int given = 0;
    while (from + given < outer.length && outer[from + given] != null) {
      given++;
    }
    Object[] inner = new Object[Math.max(signature.parameters().size(), given)];
    System.arraycopy(outer, from, inner, 0, given);
    return inner;
  }

  private static Object selected(
      Evaluator e, Object input, Object[] a, boolean byAttribute, boolean wanted) {
    int testAt = byAttribute ? 1 : 0;
    Tests.Test test = a[testAt] == null ? null : Tests.named((String) a[testAt]);
    Object[] inner = test == null ? null : nestedArguments(test.signature(), a, testAt + 1);
    List<Object> out = new ArrayList<>();
    for (Object element : e.values().elements(input)) {
      e.budget().work(1);
      Object tested = byAttribute ? part(e, element, a[0]) : element;
      boolean holds = test == null ? Values.isTrue(tested) : test.apply(e, tested, inner);
      if (holds == wanted) {
        e.budget().allocateElements(1);
        out.add(element);
      }
    }
    return out;
  }

  private static Object batch(Evaluator e, Object input, Object[] a) {
    int size = Values.count(given(a[0]), "the size of 'batch'");
    if (size == 0) {
      throw new EvaluationException("the size of 'batch' must be at least 1");
    }
    List<Object> batches = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    for (Object element : e.values().elements(input)) {
      if (batch.size() == size) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      e.budget().allocateElements(2);
      batch.add(element);
    }
    if (!batch.isEmpty()) {
      if (a[1] != null) {
        e.budget().allocateElements(size - batch.size());
        batch.addAll(Collections.nCopies(size - batch.size(), given(a[1])));
      }
      batches.add(batch);
    }
    return batches;
  }

  private static Object slices(Evaluator e, Object input, Object[] a) {
    List<?> elements = e.values().elements(input);
    int count = Values.count(given(a[0]), "the number of 'slice'");
    if (count == 0) {
      throw new EvaluationException("the number of 'slice' must be at least 1");
    }
    e.budget().allocateElements((long) elements.size() + 3L * count);
    int each = elements.size() / count;
    int longer = elements.size() % count;
    List<Object> slices = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < count; i++) {
      int to = from + each + (i < longer ? 1 : 0);
      List<Object> slice = new ArrayList<>(elements.subList(from, to));
      if (a[1] != null && i >= longer) {
        slice.add(given(a[1]));
      }
      slices.add(slice);
      from = to;
    }
    return slices;
  }

  private static Object sort(Evaluator e, Object input, Object[] a) {
    boolean reverse = a[0] != null && Values.isTrue(given(a[0]));
    List<Object> sorted = copied(e, e.values().elements(input));
    Comparator<Object> order = null;
    String paths = String.valueOf(given(a[2]));
    for (String path : paths.split(",")) {
      Comparator<Object> next = by(e, a[2] == null ? null : path.strip(), a[1]);
      order = order == null ? next : order.thenComparing(next);
    }
    sorted.sort(reverse ? order.reversed() : order);
    return sorted;
  }

  private static Comparator<Object> by(Evaluator e, Object attribute, Object caseSensitive) {
    Function<Object, Object> key = key(e, attribute, caseSensitive);
    return (x, y) -> e.values().compare(key.apply(x), key.apply(y));
  }

  /** What an element is compared by. */
  private static Function<Object, Object> key(Evaluator e, Object attribute, Object caseSensitive) {
    boolean exact = caseSensitive != null && Values.isTrue(given(caseSensitive));
    return element -> {
      Object part = part(e, element, attribute);
      return !exact && part instanceof String text ? lower(e, text) : part;
    };
  }

  private static Object extreme(Evaluator e, Object input, Object[] a, int sign) {
    List<?> elements = e.values().elements(input);
    if (elements.isEmpty()) {
      return new Undefined("", "there is no largest or smallest element: it is empty");
    }
    Function<Object, Object> key = key(e, a[1], a[0]);
    Object best = elements.get(0);
    Object bestKey = key.apply(best);
    for (Object element : elements.subList(1, elements.size())) {
      Object elementKey = key.apply(element);
      if (e.values().compare(elementKey, bestKey) * sign > 0) {
        best = element;
        bestKey = elementKey;
      }
    }
    return best;
  }

  private static Object unique(Evaluator e, Object input, Object[] a) {
    Function<Object, Object> key = key(e, a[1], a[0]);
    Map<Object, Object> firsts = new LinkedHashMap<>();
    for (Object element : e.values().elements(input)) {
      e.budget().allocate(RenderBudget.MAP_ENTRY);
      firsts.putIfAbsent(Values.key(key.apply(element)), element);
    }
    return copied(e, new ArrayList<>(firsts.values()));
  }

  private static Object groupBy(Evaluator e, Object input, Object[] a) {
    Function<Object, Object> key = key(e, a[0], a[2]);
    Map<Object, List<Object>> groups = new LinkedHashMap<>();
    Map<Object, Object> groupers = new HashMap<>();
    for (Object element : e.values().elements(input)) {
      Object part = part(e, element, a[0]);
      boolean absent = part instanceof Undefined && a[1] != null;
      Object groupKey = Values.key(absent ? given(a[1]) : key.apply(element));
      e.budget().allocate(RenderBudget.MAP_ENTRY);
      groupers.putIfAbsent(groupKey, absent ? given(a[1]) : part);
      groups.computeIfAbsent(groupKey, k -> new ArrayList<>()).add(element);
    }
    List<Object> keys = new ArrayList<>(groups.keySet());
    keys.sort((x, y) -> e.values().compare(x, y));
    List<Object> out = new ArrayList<>();
    for (Object groupKey : keys) {
      e.budget().allocateElements(3);
      out.add(new Values.Group(groupers.get(groupKey), groups.get(groupKey)));
    }
    return out;
  }

  private static Object dictSort(Evaluator e, Object input, Object[] a) {
    String by = a[1] == null ? "key" : text(e, given(a[1]));
    if (!by.equals("key") && !by.equals("value")) {
      throw new EvaluationException("'dictsort' goes by key or value, not by '" + by + "'");
    }
    boolean reverse = a[2] != null && Values.isTrue(given(a[2]));
    List<Object> pairs = Methods.items(e, map(input));
    Comparator<Object> order = by(e, by.equals("key") ? 0L : 1L, a[0]);
    pairs.sort(reverse ? order.reversed() : order);
    return pairs;
  }

  // ---- shared

  private static Object orDefault(Evaluator e, Object input, Object[] a) {
    Object fallback = a[0] == null ? "" : given(a[0]);
    if (input instanceof Undefined) {
      return fallback;
    }
    boolean alsoFalse = a[1] != null && Values.isTrue(given(a[1]));
    return alsoFalse && !Values.isTrue(input) ? fallback : input;
  }

  /** The argument as a value: none where none was given on purpose. */
  static Object given(Object argument) {
    return argument == NONE_GIVEN ? null : argument;
  }

  static String text(Evaluator e, Object value) {
    return e.values().text(value);
  }

  private static Map<?, ?> map(Object input) {
    if (Values.defined(input) instanceof Map<?, ?> map) {
      return map;
    }
    throw new EvaluationException("expected a map, not " + Values.kind(input));
  }

  private static List<Object> copied(Evaluator e, List<?> elements) {
    e.budget().allocateElements(elements.size());
    return new ArrayList<>(elements);
  }

  /** The part of an element an attribute such as {@code author.name} or {@code 0} names. */
  static Object part(Evaluator e, Object element, Object attribute) {
    if (given(attribute) == null) {
      return element;
    }
    Object value = element;
    String path = String.valueOf(given(attribute));
    for (String name : path.split("\\.")) {
      e.budget().work(1);
      Object base = Values.defined(value);
      value = Evaluator.attribute(base, name);
      if (value instanceof Undefined && base instanceof List<?> list && isIndex(name)) {
        int index = Integer.parseInt(name);
        value =
            index < list.size()
                ? list.get(index)
                : new Undefined(path, "an element has no '" + path + "'");
      }
    }
    return value instanceof Undefined
        ? new Undefined(path, "an element has no '" + path + "'")
        : value;
  }

  private static boolean isIndex(String name) {
    return !name.isEmpty()
        && name.length() < 10
        && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
