package io.plotpalette.model.template.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The methods a template may call on texts, maps and {@code loop}: names in a table with code of
 * ours behind them. No method of a Java object is ever looked up.
 */
final class Methods {
  private static final Map<String, Signature> ALL = new HashMap<>();

  static {
    // Of a text.
    ALL.put("capitalize", Signature.NONE);
    ALL.put("endswith", Signature.of("suffix"));
    ALL.put("join", Signature.of("elements"));
    ALL.put("lower", Signature.NONE);
    ALL.put("lstrip", Signature.of("chars?"));
    ALL.put("replace", Signature.of("old new count?"));
    ALL.put("rstrip", Signature.of("chars?"));
    ALL.put("split", Signature.of("sep? maxsplit?"));
    ALL.put("splitlines", Signature.NONE);
    ALL.put("startswith", Signature.of("prefix"));
    ALL.put("strip", Signature.of("chars?"));
    ALL.put("title", Signature.NONE);
    ALL.put("upper", Signature.NONE);
    // Of a map.
    ALL.put("get", Signature.of("key default?"));
    ALL.put("items", Signature.NONE);
    ALL.put("keys", Signature.NONE);
    ALL.put("values", Signature.NONE);
    // Of loop.
    ALL.put("changed", Signature.of("..."));
    ALL.put("cycle", Signature.of("..."));
  }

  private Methods() {}

  /** Null when there is no such method. */
  static Signature signature(String name) {
    return ALL.get(name);
  }

  static Set<String> names() {
    return new TreeSet<>(ALL.keySet());
  }

  static Object call(Evaluator e, Object base, String name, Object[] a) {
    Object result = null;
    if (base instanceof String text) {
      result = ofText(e, text, name, a);
    } else if (base instanceof Map<?, ?> map) {
      return ofMap(e, map, name, a);
    } else if (base instanceof LoopState loop) {
      result = ofLoop(e, loop, name, a);
    }
    if (result == null) {
      throw new EvaluationException(Values.kind(base) + " has no method '" + name + "'");
    }
    return result;
  }

  private static Object ofText(Evaluator e, String text, String name, Object[] a) {
    return switch (name) {
      case "capitalize" -> Filters.named("capitalize").apply(e, text, a);
      case "endswith" -> text.endsWith(compared(e, a[0]));
      case "join" -> Filters.joined(e, e.values().elements(Filters.given(a[0])), text, null);
      case "lower" -> Filters.lower(e, text);
      case "lstrip" -> strip(e, text, a[0], true, false);
      case "replace" ->
          replaced(
              e,
              text,
              Filters.text(e, Filters.given(a[0])),
              Filters.text(e, Filters.given(a[1])),
              a[2]);
      case "rstrip" -> strip(e, text, a[0], false, true);
      case "split" -> split(e, text, a[0], a[1]);
      case "splitlines" -> lines(e, text);
      case "startswith" -> text.startsWith(compared(e, a[0]));
      case "strip" -> strip(e, text, a[0], true, true);
      case "title" -> Filters.title(e, text);
      case "upper" -> Filters.upper(e, text);
      default -> null;
    };
  }

  /** The argument as a text, of which every character is looked at. */
  private static String compared(Evaluator e, Object argument) {
    String part = Filters.text(e, Filters.given(argument));
    e.budget().work(part.length() >> 3);
    return part;
  }

  private static Object ofMap(Evaluator e, Map<?, ?> map, String name, Object[] a) {
    return switch (name) {
      case "get" -> {
        Object key = Values.key(Filters.given(a[0]));
        yield map.containsKey(key) ? map.get(key) : Filters.given(a[1]);
      }
      case "items" -> items(e, map);
      case "keys" -> e.values().elements(map);
      case "values" -> {
        e.budget().allocateElements(map.size());
        yield new ArrayList<Object>(map.values());
      }
      default -> throw new EvaluationException("a map has no method '" + name + "'");
    };
  }

  private static Object ofLoop(Evaluator e, LoopState loop, String name, Object[] a) {
    List<Object> given = new ArrayList<>();
    for (Object argument : a) {
      given.add(Filters.given(argument));
    }
    return switch (name) {
      case "changed" -> loop.changed(given, e.values());
      case "cycle" -> loop.cycle(given);
      default -> null;
    };
  }

  static List<Object> items(Evaluator e, Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      e.budget().allocateElements(4);
      List<Object> pair = new ArrayList<>(2);
      pair.add(entry.getKey());
      pair.add(entry.getValue());
      items.add(pair);
    }
    return items;
  }

  static String strip(Evaluator e, String text, Object chars, boolean start, boolean end) {
    String set = Filters.given(chars) == null ? null : Filters.text(e, chars);
    int from = 0;
    int to = text.length();
    while (start && from < to && strips(e, set, text.charAt(from))) {
      from++;
    }
    while (end && to > from && strips(e, set, text.charAt(to - 1))) {
      to--;
    }
    e.budget().allocate(to - from);
    return text.substring(from, to);
  }

  private static boolean strips(Evaluator e, String set, char c) {
    e.budget().work(1 + (set == null ? 0 : set.length() >> 4));
    return set == null
        ? Character.isWhitespace(c) || Character.isSpaceChar(c)
        : set.indexOf(c) >= 0;
  }

  static String replaced(Evaluator e, String text, String old, String replacement, Object count) {
    long left = Filters.given(count) == null ? Long.MAX_VALUE : Values.count(count, "the count");
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (left > 0) {
      int at = e.values().indexOf(text, old, from);
      if (at < 0 || (old.isEmpty() && at >= text.length())) {
        break;
      }
      e.values().append(text.substring(from, at), out);
      e.values().append(replacement, out);
      from = at + old.length();
      left--;
      if (old.isEmpty()) {
        e.values().append(text.substring(at, at + 1), out);
        from = at + 1;
      }
    }
    e.values().append(text.substring(from), out);
    if (old.isEmpty() && left > 0) {
      e.values().append(replacement, out);
    }
    return out.toString();
  }

  private static List<Object> split(Evaluator e, String text, Object separator, Object maxSplit) {
    long left =
        Filters.given(maxSplit) == null ? Long.MAX_VALUE : Values.count(maxSplit, "maxsplit");
    if (Filters.given(separator) == null) {
      return words(e, text, left);
    }
    String cut = Filters.text(e, separator);
    if (cut.isEmpty()) {
      throw new EvaluationException("the separator of 'split' cannot be empty");
    }
    List<Object> parts = new ArrayList<>();
    int from = 0;
    int at = e.values().indexOf(text, cut, 0);
    while (at >= 0 && left-- > 0) {
      add(e, parts, text.substring(from, at));
      from = at + cut.length();
      at = e.values().indexOf(text, cut, from);
    }
    add(e, parts, text.substring(from));
    return parts;
  }

  private static List<Object> words(Evaluator e, String text, long maxSplit) {
    e.budget().work(text.length() >> 2);
    List<Object> words = new ArrayList<>();
    long left = maxSplit;
    int at = 0;
    while (true) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at >= text.length()) {
        return words;
      }
      int end = at;
      while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      if (left-- == 0) {
        add(e, words, text.substring(at).stripTrailing());
        return words;
      }
      add(e, words, text.substring(at, end));
      at = end;
    }
  }

  private static List<Object> lines(Evaluator e, String text) {
    List<Object> lines = new ArrayList<>();
    text.lines().forEach(line -> add(e, lines, line));
    return lines;
  }

  private static void add(Evaluator e, List<Object> parts, String part) {
    e.budget().allocate(part.length() + 2L * RenderBudget.LIST_ELEMENT);
    parts.add(part);
  }
}
