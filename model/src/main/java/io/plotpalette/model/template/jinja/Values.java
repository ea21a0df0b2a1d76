package io.plotpalette.model.template.jinja;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the values of a template mean: texts, Long, Double, Boolean, null, lists, maps and the few
 * types of this package. Behaves as Python does where Jinja leaves it to Python.
 */
final class Values {
  private static final int MAX_DEPTH = 100;
  private static final double MAX_PLAIN_EXPONENT = 16;

  private final RenderBudget budget;

  Values(RenderBudget budget) {
    this.budget = budget;
  }

  // ---- kinds

  /** The value itself, unless it is not there. */
  static Object defined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.used();
    }
    return value;
  }

  static String kind(Object value) {
    if (value == null) {
      return "none";
    }
    if (value instanceof String) {
      return "a text";
    }
    if (value instanceof Boolean) {
      return "a truth value";
    }
    if (value instanceof Number) {
      return "a number";
    }
    if (value instanceof List) {
      return "a list";
    }
    if (value instanceof Map || value instanceof Namespace) {
      return "a map";
    }
    if (value instanceof Macro) {
      return "a macro";
    }
    return value instanceof LoopState ? "the loop" : "an undefined value";
  }

  static boolean isTrue(Object value) {
    defined(value);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean truth) {
      return truth;
    }
    if (value instanceof String text) {
      return !text.isEmpty();
    }
    if (value instanceof Long number) {
      return number != 0;
    }
    if (value instanceof Double number) {
      return number != 0;
    }
    if (value instanceof List<?> list) {
      return !list.isEmpty();
    }
    if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    }
    return true;
  }

  // ---- text

  /** The text a value prints as. */
  String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    print(value, out);
    return out.toString();
  }

  void print(Object value, StringBuilder out) {
    defined(value);
    if (value instanceof String text) {
      append(text, out);
    } else {
      represent(value, out, 0);
    }
  }

  void append(String text, StringBuilder out) {
    budget.allocate(text.length());
    budget.checkText(out.length() + text.length());
    out.append(text);
  }

  /** As Python's {@code repr}: texts within lists and maps are in quotes. */
  private void represent(Object value, StringBuilder out, int depth) {
    budget.work(1);
    checkDepth(depth);
    if (value == null) {
      append("None", out);
    } else if (value instanceof String text) {
      quote(text, out);
    } else if (value instanceof Boolean truth) {
      append(truth ? "True" : "False", out);
    } else if (value instanceof Double number) {
      workOn(number);
      append(decimalText(number), out);
    } else if (value instanceof Long number) {
      append(number.toString(), out);
    } else if (value instanceof List<?> list) {
      append("[", out);
      String separator = "";
      for (Object element : list) {
        append(separator, out);
        represent(element, out, depth + 1);
        separator = ", ";
      }
      append("]", out);
    } else if (value instanceof Map<?, ?> map) {
      append("{", out);
      String separator = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        append(separator, out);
        represent(entry.getKey(), out, depth + 1);
        append(": ", out);
        represent(entry.getValue(), out, depth + 1);
        separator = ", ";
      }
      append("}", out);
    } else if (value instanceof Namespace namespace) {
      represent(namespace.attributes(), out, depth + 1);
    } else {
      defined(value);
      throw new EvaluationException(kind(value) + " has no text: call it or name a part of it");
    }
  }

  static void checkDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new EvaluationException("a list or map is nested deeper than " + MAX_DEPTH);
    }
  }

  private void quote(String text, StringBuilder out) {
    budget.allocate(text.length() + 2L);
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c == quote) {
            out.append('\\');
          }
          out.append(c);
        }
      }
    }
    out.append(quote);
  }

  /**
   * Before something is done with all digits of a number: 5e-324 has a thousand times those of 1.
   */
  void workOn(double number) {
    budget.work(64L + Math.abs(Math.getExponent(number)));
  }

  /**
   * The shortest decimal text that reads back as the same number, written as Python writes it. Not
   * {@code Double.toString}, whose digits changed between Java versions.
   */
  static String decimalText(double number) {
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(number);
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == number) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < MAX_PLAIN_EXPONENT) {
      String plain = shortest.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = shortest.unscaledValue().abs().toString();
    String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "");
    return (number < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + "e"
        + power
        + Math.abs(exponent);
  }

  // ---- comparison

  boolean equal(Object left, Object right) {
    return equal(defined(left), defined(right), 0);
  }

  private boolean equal(Object left, Object right, int depth) {
    budget.work(1);
    checkDepth(depth);
    if (left == right) {
      return true;
    }
    if (left == null || right == null) {
      return false;
    }
    if (isNumeric(left) && isNumeric(right)) {
      return compareNumbers(left, right) == 0;
    }
    if (left instanceof String a && right instanceof String b) {
      budget.work(a.length() == b.length() ? a.length() >> 3 : 0);
      return a.equals(b);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      if (a.size() != b.size()) {
        return false;
      }
      Iterator<?> others = b.iterator();
      for (Object element : a) {
        if (!equal(element, others.next(), depth + 1)) {
          return false;
        }
      }
      return true;
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      if (a.size() != b.size()) {
        return false;
      }
      for (Map.Entry<?, ?> entry : a.entrySet()) {
        if (!b.containsKey(entry.getKey())
            || !equal(entry.getValue(), b.get(entry.getKey()), depth + 1)) {
          return false;
        }
      }
      return true;
    }
    return false;
  }

  /** Order of two numbers, texts or lists; anything else cannot be ordered. */
  int compare(Object left, Object right) {
    return compare(defined(left), defined(right), 0);
  }

  private int compare(Object left, Object right, int depth) {
    budget.work(1);
    checkDepth(depth);
    if (isNumeric(left) && isNumeric(right)) {
      return compareNumbers(left, right);
    }
    if (left instanceof String a && right instanceof String b) {
      budget.work(Math.min(a.length(), b.length()) >> 3);
      return compareByCodePoint(a, b);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      Iterator<?> others = b.iterator();
      for (Object element : a) {
        if (!others.hasNext()) {
          return 1;
        }
        Object other = others.next();
        if (!equal(element, other, depth + 1)) {
          return compare(element, other, depth + 1);
        }
      }
      return others.hasNext() ? -1 : 0;
    }
    throw new EvaluationException(kind(left) + " and " + kind(right) + " have no order");
  }

  private static int compareByCodePoint(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        // UTF-16 sorts the letters beyond the basic plane before some within it.
        boolean bothOrNone = Character.isSurrogate(a) == Character.isSurrogate(b);
        return bothOrNone ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  boolean contains(Object container, Object element) {
    defined(element);
    if (defined(container) instanceof String text) {
      if (element instanceof String part) {
        return indexOf(text, part, 0) >= 0;
      }
      throw new EvaluationException("only a text can be in a text, not " + kind(element));
    }
    if (container instanceof List<?> list) {
      for (Object candidate : list) {
        if (equal(candidate, element, 1)) {
          return true;
        }
      }
      return false;
    }
    if (container instanceof Map<?, ?> map) {
      return map.containsKey(key(element));
    }
    throw new EvaluationException("'in' needs a list, map or text, not " + kind(container));
  }

  /** As {@code String.indexOf}, which in the worst case takes the product of the lengths. */
  int indexOf(String text, String part, int from) {
    if (part.isEmpty()) {
      return from <= text.length() ? from : -1;
    }
    int last = text.length() - part.length();
    char first = part.charAt(0);
    for (int at = text.indexOf(first, from); at >= 0 && at <= last; ) {
      int matched = 1;
      while (matched < part.length() && text.charAt(at + matched) == part.charAt(matched)) {
        matched++;
      }
      budget.work(1 + (matched >> 2));
      if (matched == part.length()) {
        return at;
      }
      at = text.indexOf(first, at + 1);
    }
    budget.work(1 + ((text.length() - Math.min(from, text.length())) >> 4));
    return -1;
  }

  static boolean isNumeric(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  private static int compareNumbers(Object left, Object right) {
    if (left instanceof Double || right instanceof Double) {
      double a = number(left);
      double b = number(right);
      return a < b ? -1 : a > b ? 1 : 0;
    }
    return Long.compare(whole(left), whole(right));
  }

  static double number(Object value) {
    return value instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) value).doubleValue();
  }

  private static long whole(Object value) {
    return value instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) value).longValue();
  }

  // ---- containers

  /** What a loop or list filter goes through: the elements, keys or characters. */
  List<?> elements(Object value) {
    if (defined(value) instanceof List<?> list) {
      return list;
    }
    if (value instanceof Map<?, ?> map) {
      budget.allocateElements(map.size());
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof String text) {
      budget.allocateElements(text.length());
      return text.codePoints().mapToObj(Character::toString).toList();
    }
    throw new EvaluationException(
        "only lists, maps and texts can be gone through, not " + kind(value));
  }

  /** The form in which a value is a key of a map: 1.0 is the same key as 1. */
  static Object key(Object value) {
    defined(value);
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return (long) (double) number;
    }
    if (value == null || value instanceof String || isNumeric(value)) {
      return value;
    }
    throw new EvaluationException(kind(value) + " cannot be a key of a map");
  }

  /** In code points, as Python counts. */
  int length(String text) {
    budget.work(text.length() >> 3);
    return text.codePointCount(0, text.length());
  }

  /** From one code point to another, both within the text. */
  String substring(String text, int from, int to) {
    int start = text.offsetByCodePoints(0, from);
    int end = text.offsetByCodePoints(start, to - from);
    budget.allocate(end - start);
    budget.work(end);
    return text.substring(start, end);
  }

  /** An argument that must be a whole number. */
  static long wholeNumber(Object value, String what) {
    if (defined(value) instanceof Long number) {
      return number;
    }
    throw new EvaluationException(what + " must be a whole number, not " + kind(value));
  }

  /** An argument that must be a whole number of moderate size. */
  static int count(Object value, String what) {
    long number = wholeNumber(value, what);
    if (number < 0 || number > 1_000_000) {
      throw new EvaluationException(what + " must be between 0 and 1000000, not " + number);
    }
    return (int) number;
  }

  /** Made by {@code namespace()}; the only value a template can change. */
  record Namespace(Map<Object, Object> attributes) {}

  /** A macro with the variables around it, or the block of a {@code call} tag. */
  record Macro(
      String name, List<Statement.Parameter> parameters, List<Statement> body, Scope scope) {}

  /** An element of what {@code groupby} returns. */
  static final class Group extends AbstractList<Object> {
    private final Object grouper;
    private final List<?> list;

    Group(Object grouper, List<?> list) {
      this.grouper = grouper;
      this.list = list;
    }

    Object attribute(String name) {
      return switch (name) {
        case "grouper" -> grouper;
        case "list" -> list;
        default -> null;
      };
    }

    @Override
    public Object get(int index) {
      Objects.checkIndex(index, 2);
      return index == 0 ? grouper : list;
    }

    @Override
    public int size() {
      return 2;
    }
  }
}
