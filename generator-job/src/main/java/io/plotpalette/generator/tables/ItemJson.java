package io.plotpalette.generator.tables;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items of DynamoDB as JSON objects, with the same names and values on both sides. */
public final class ItemJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Of which any number fits into 64 bits. */
  private static final int LONG_DIGITS = 18;

  private ItemJson() {}

  /** An item's attributes by name, sorted: DynamoDB keeps no order. */
  public static ObjectNode read(Map<String, AttributeValue> item) {
    ObjectNode json = JSON.objectNode();
    new TreeMap<>(item).forEach((name, value) -> json.set(name, read(value)));
    return json;
  }

  private static JsonNode read(AttributeValue value) {
    return switch (value.type()) {
      case S -> JSON.textNode(value.s());
      case N -> number(value.n());
      case BOOL -> JSON.booleanNode(value.bool());
      case NUL -> JSON.nullNode();
      case M -> read(value.m());
      case L -> {
        ArrayNode list = JSON.arrayNode();
        value.l().forEach(element -> list.add(read(element)));
        yield list;
      }
      case B, SS, NS, BS, UNKNOWN_TO_SDK_VERSION ->
          throw new IllegalArgumentException(
              "an attribute of type " + value.type() + " is no JSON");
    };
  }

  /** As the narrowest node, as a JSON parser would: readers ask for those. */
  private static JsonNode number(String digits) {
    BigDecimal number = new BigDecimal(digits);
    boolean whole = number.stripTrailingZeros().scale() <= 0;
    if (!whole || number.precision() - number.scale() > LONG_DIGITS) {
      return JSON.numberNode(number);
    }
    long value = number.longValueExact();
    return value == (int) value ? JSON.numberNode((int) value) : JSON.numberNode(value);
  }

  /** The attributes of an item. */
  public static Map<String, AttributeValue> write(ObjectNode json) {
    Map<String, AttributeValue> item = new LinkedHashMap<>();
    json.properties().forEach(field -> item.put(field.getKey(), write(field.getValue())));
    return item;
  }

  private static AttributeValue write(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> AttributeValue.fromS(node.textValue());
      case NUMBER -> AttributeValue.fromN(node.decimalValue().toPlainString());
      case BOOLEAN -> AttributeValue.fromBool(node.booleanValue());
      case OBJECT -> AttributeValue.fromM(write((ObjectNode) node));
      case ARRAY -> {
        List<AttributeValue> list = new ArrayList<>();
        node.forEach(element -> list.add(write(element)));
        yield AttributeValue.fromL(list);
      }
      case NULL -> AttributeValue.fromNul(true);
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException(node.getNodeType() + " is no attribute");
    };
  }
}
