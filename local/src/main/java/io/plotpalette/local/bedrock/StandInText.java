package io.plotpalette.local.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SplittableRandom;

/** What the stand-in writes: the same for the same prompt and seed, in any process. */
final class StandInText {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int MOST_ITEMS = 4;

  private static final String[] WORDS = {
    "the", "river", "under", "winter", "light", "a", "stone", "remembers", "every", "name",
    "that", "wind", "has", "carried", "over", "quiet", "fields", "and", "lanterns", "drift",
    "between", "houses", "while", "old", "songs", "return", "with", "rain", "to", "open",
    "windows", "where", "someone", "waits", "counting", "silver", "leaves", "until", "morning"
  };

  private final SplittableRandom random;

  StandInText(long seed, long promptHash) {
    random = new SplittableRandom(seed * 31 + promptHash);
  }

  /** Of 64 bits, so that two prompts of a job do not meet. */
  static long hash(String sentPrompt) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < sentPrompt.length(); i++) {
      hash = (hash ^ sentPrompt.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Words of at most so many bytes, and at least one of them. */
  String prose(int bytes) {
    StringBuilder text = new StringBuilder();
    boolean begins = true;
    while (text.isEmpty() || text.length() < bytes) {
      String word = WORDS[random.nextInt(WORDS.length)];
      if (begins) {
        word = Character.toUpperCase(word.charAt(0)) + word.substring(1);
      }
      begins = random.nextInt(8) == 0;
      text.append(text.isEmpty() ? "" : " ").append(word).append(begins ? "." : "");
    }
    return text.substring(0, Math.max(1, Math.min(bytes, text.length())));
  }

  /** A number from 0 to 1. */
  double share() {
    return random.nextDouble();
  }

  /** A value that fits the schema, with texts of about so many bytes together. */
  JsonNode json(JsonNode schema, int bytes) {
    if (schema.isEmpty()) {
      return JSON.objectNode().put("text", prose(bytes));
    }
    return value(schema, Math.max(8, bytes / Math.max(1, texts(schema))));
  }

  private static int texts(JsonNode schema) {
    return switch (typeOf(schema)) {
      case "object" -> {
        int sum = 0;
        for (JsonNode property : schema.path("properties")) {
          sum += texts(property);
        }
        yield sum;
      }
      case "array" -> 2 * texts(schema.path("items"));
      case "string" -> 1;
      default -> 0;
    };
  }

  private static String typeOf(JsonNode schema) {
    String implied = schema.has("properties") ? "object" : schema.has("items") ? "array" : "string";
    return schema.path("type").asText(implied);
  }

  private JsonNode value(JsonNode schema, int bytes) {
    if (schema.has("enum")) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    return switch (typeOf(schema)) {
      case "object" -> object(schema, bytes);
      case "array" -> array(schema, bytes);
      case "integer" -> JSON.numberNode((long) Math.floor(number(schema, true)));
      case "number" -> JSON.numberNode(number(schema, false));
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      case "null" -> JSON.nullNode();
      default -> JSON.textNode(text(schema, bytes));
    };
  }

  private ObjectNode object(JsonNode schema, int bytes) {
    ObjectNode object = JSON.objectNode();
    schema
        .path("properties")
        .properties()
        .forEach(property -> object.set(property.getKey(), value(property.getValue(), bytes)));
    for (JsonNode required : schema.path("required")) {
      if (!object.has(required.textValue())) {
        object.put(required.textValue(), prose(bytes));
      }
    }
    return object;
  }

  private ArrayNode array(JsonNode schema, int bytes) {
    int least = schema.path("minItems").asInt(1);
    int most = Math.max(least, Math.min(schema.path("maxItems").asInt(MOST_ITEMS), MOST_ITEMS));
    ArrayNode array = JSON.arrayNode();
    for (int i = least + random.nextInt(most - least + 1); i > 0; i--) {
      array.add(value(schema.path("items"), bytes));
    }
    return array;
  }

  private String text(JsonNode schema, int bytes) {
    int least = schema.path("minLength").asInt(0);
    int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
    int length = Math.min(most, Math.max(least, bytes));
    return length == 0 ? "" : prose(length);
  }

  private double number(JsonNode schema, boolean whole) {
    double least =
        schema.has("minimum")
            ? schema.get("minimum").doubleValue()
            : Math.min(0, schema.path("maximum").asDouble(0));
    double most = schema.has("maximum") ? schema.get("maximum").doubleValue() : least + 100;
    if (!whole) {
      return least + (most - least) * random.nextDouble();
    }
    double first = Math.ceil(least);
    return first + Math.floor((Math.floor(most) - first + 1) * random.nextDouble());
  }
}
