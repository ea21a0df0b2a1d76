package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Something of the right form and length in place of what a model has not written yet. */
final class StandInOutput {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String WORD = "word ";
  private static final int LIST_ITEMS = 3;

  private StandInOutput() {}

  static String text(int characters) {
    return WORD.repeat(characters / WORD.length() + 1).substring(0, characters);
  }

  /** With about so many characters shared among the texts of the schema. */
  static JsonNode json(OutputSchema schema, int characters) {
    if (schema == null) {
      return JSON.objectNode().put("output", text(characters));
    }
    List<JsonNode> texts = new ArrayList<>();
    collectTexts(schema.json(), texts);
    return value(schema.json(), characters / Math.max(1, texts.size()));
  }

  private static void collectTexts(JsonNode schema, List<JsonNode> texts) {
    switch (schema.path("type").asText("string")) {
      case "object" -> schema.path("properties").forEach(p -> collectTexts(p, texts));
      case "array" -> {
        for (int i = 0; i < items(schema); i++) {
          collectTexts(schema.path("items"), texts);
        }
      }
      case "string" -> texts.add(schema);
      default -> {}
    }
  }

  private static JsonNode value(JsonNode schema, int characters) {
    if (schema.has("enum")) {
      return schema.get("enum").get(0);
    }
    return switch (schema.path("type").asText("string")) {
      case "object" -> {
        ObjectNode object = JSON.objectNode();
        schema
            .path("properties")
            .properties()
            .forEach(field -> object.set(field.getKey(), value(field.getValue(), characters)));
        yield object;
      }
      case "array" -> {
        ArrayNode array = JSON.arrayNode();
        for (int i = 0; i < items(schema); i++) {
          array.add(value(schema.path("items"), characters));
        }
        yield array;
      }
      case "integer" -> JSON.numberNode((long) Math.ceil(number(schema)));
      case "number" -> JSON.numberNode(number(schema));
      case "boolean" -> JSON.booleanNode(true);
      case "null" -> JSON.nullNode();
      default -> {
        int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
        yield JSON.textNode(
            text(Math.min(most, Math.max(schema.path("minLength").asInt(0), characters))));
      }
    };
  }

  private static int items(JsonNode schema) {
    int most = Math.min(100, schema.path("maxItems").asInt(LIST_ITEMS));
    return Math.min(most, Math.max(schema.path("minItems").asInt(0), LIST_ITEMS));
  }

  private static double number(JsonNode schema) {
    return schema.has("minimum")
        ? schema.get("minimum").doubleValue()
        : Math.min(1, schema.path("maximum").asDouble(1));
  }
}
