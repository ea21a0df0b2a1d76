package io.plotpalette.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** JSON objects as items of a table: the same names, and values that come back as they were. */
public final class ItemJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ItemJson() {}

  /** The attributes of an object. */
  public static Map<String, AttributeValue> toItem(ObjectNode json) {
    Map<String, AttributeValue> item = new HashMap<>();
    json.properties().forEach(field -> item.put(field.getKey(), toAttribute(field.getValue())));
    return item;
  }

  private static AttributeValue toAttribute(JsonNode json) {
    if (json.isTextual()) {
      return AttributeValue.fromS(json.textValue());
    }
    if (json.isNumber()) {
      return AttributeValue.fromN(json.decimalValue().toPlainString());
    }
    if (json.isBoolean()) {
      return AttributeValue.fromBool(json.booleanValue());
    }
    if (json.isArray()) {
      return AttributeValue.fromL(json.valueStream().map(ItemJson::toAttribute).toList());
    }
    return json.isObject()
        ? AttributeValue.fromM(toItem((ObjectNode) json))
        : AttributeValue.fromNul(true);
  }

  /** The object of some attributes, its names sorted. */
  public static ObjectNode toJson(Map<String, AttributeValue> item) {
    ObjectNode json = JSON.objectNode();
    new TreeMap<>(item).forEach((name, value) -> json.set(name, toJson(value)));
    return json;
  }

  private static JsonNode toJson(AttributeValue value) {
    return switch (value.type()) {
      case S -> JSON.textNode(value.s());
      case N -> number(new BigDecimal(value.n()));
      case BOOL -> JSON.booleanNode(value.bool());
      case M -> toJson(value.m());
      case L -> {
        ArrayNode array = JSON.arrayNode();
        value.l().forEach(element -> array.add(toJson(element)));
        yield array;
      }
      default -> JSON.nullNode();
    };
  }

  private static JsonNode number(BigDecimal number) {
    BigDecimal plain = number.stripTrailingZeros();
    return plain.scale() <= 0 && plain.precision() - plain.scale() <= 18
        ? JSON.numberNode(number.longValueExact())
        : JSON.numberNode(number);
  }
}
