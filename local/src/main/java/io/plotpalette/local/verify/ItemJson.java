package io.plotpalette.local.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An item in DynamoDB's JSON, as its stream has it. */
final class ItemJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ItemJson() {}

  static String of(Map<String, AttributeValue> item) {
    return object(item).toString();
  }

  private static ObjectNode object(Map<String, AttributeValue> attributes) {
    ObjectNode node = JSON.createObjectNode();
    attributes.forEach((name, value) -> node.set(name, value(value)));
    return node;
  }

  /** Types a task has none of say only which they are: the rules refuse them by that. */
  private static ObjectNode value(AttributeValue value) {
    ObjectNode node = JSON.createObjectNode();
    switch (value.type()) {
      case S -> node.put("S", value.s());
      case N -> node.put("N", value.n());
      case M -> node.set("M", object(value.m()));
      case L -> {
        ArrayNode list = node.putArray("L");
        value.l().forEach(element -> list.add(value(element)));
      }
      default -> node.putNull(value.type().name());
    }
    return node;
  }
}
