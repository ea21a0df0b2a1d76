package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as the plain values templates know. */
public final class JsonValues {
  private JsonValues() {}

  /** The fields of an object, in their order. */
  public static Map<String, Object> fields(JsonNode object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.properties().forEach(field -> map.put(field.getKey(), value(field.getValue())));
    return map;
  }

  /**
   * A text, Long, Double, Boolean, null, list or map. A whole number beyond 64 bits becomes its
   * digits as a text, because rounding an id would be worse than not calculating with it.
   */
  public static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> fields(node);
      case ARRAY -> {
        List<Object> list = new ArrayList<>(node.size());
        node.forEach(element -> list.add(value(element)));
        yield list;
      }
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> number(node);
      case NULL, MISSING -> null;
      default -> throw new IllegalArgumentException("not JSON: " + node.getNodeType());
    };
  }

  private static Object number(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? (Object) node.longValue() : node.asText();
    }
    double number = node.doubleValue();
    return Double.isFinite(number) ? (Object) number : node.asText();
  }
}
