package io.plotpalette.model.template.jinja;

import java.util.List;
import java.util.Map;

/** What the filter {@code tojson} writes, spaced as Python spaces it. */
final class Json {
  private final Values values;
  private final StringBuilder out = new StringBuilder();
  private final int indent;

  private Json(Values values, int indent) {
    this.values = values;
    this.indent = indent;
  }

  static String text(Evaluator e, Object value, Object indent) {
    Json json =
        new Json(
            e.values(),
            Filters.given(indent) == null
                ? -1
                : Math.min(16, Values.count(indent, "the indent of 'tojson'")));
    json.write(value, 0);
    return json.out.toString();
  }

  private void write(Object value, int depth) {
    Values.checkDepth(depth);
    if (Values.defined(value) == null) {
      append("null");
    } else if (value instanceof String text) {
      quote(text);
    } else if (value instanceof Boolean || value instanceof Long) {
      append(value.toString());
    } else if (value instanceof Double number) {
      values.workOn(number);
      append(Values.decimalText(number));
    } else if (value instanceof List<?> list) {
      append("[");
      boolean first = true;
      for (Object element : list) {
        separate(first, depth + 1);
        first = false;
        write(element, depth + 1);
      }
      close(first, depth, "]");
    } else if (value instanceof Map<?, ?> map) {
      append("{");
      boolean first = true;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        separate(first, depth + 1);
        first = false;
        quote(entry.getKey() instanceof String key ? key : values.text(entry.getKey()));
        append(": ");
        write(entry.getValue(), depth + 1);
      }
      close(first, depth, "}");
    } else {
      throw new EvaluationException(Values.kind(value) + " has no JSON text");
    }
  }

  private void separate(boolean first, int depth) {
    if (indent >= 0) {
      append(first ? "\n" : ",\n");
      append(" ".repeat(indent * depth));
    } else if (!first) {
      append(", ");
    }
  }

  private void close(boolean empty, int depth, String bracket) {
    if (indent >= 0 && !empty) {
      append("\n");
      append(" ".repeat(indent * depth));
    }
    append(bracket);
  }

  private void quote(String text) {
    append("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> append("\\\"");
        case '\\' -> append("\\\\");
        case '\n' -> append("\\n");
        case '\r' -> append("\\r");
        case '\t' -> append("\\t");
        case '\b' -> append("\\b");
        case '\f' -> append("\\f");
        default -> append(c < 0x20 ? hexadecimal(c) : String.valueOf(c));
      }
    }
    append("\"");
  }

  private static String hexadecimal(char c) {
    String digits = Integer.toHexString(c);
    return "\\u" + "0".repeat(4 - digits.length()) + digits;
  }

  private void append(String text) {
    values.append(text, out);
  }
}
