package io.plotpalette.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.plotpalette.api.http.ApiOperation.RequestBody;
import io.plotpalette.api.http.TestingApi.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Makes up values of the contract's schemas, most of them right, and learns from the answers. */
final class ContractSamples {
  private static final List<String> CHARACTERS =
      List.of("a", "Z", "0", " ", "ü", "😀", "\"", "\\", "#", "{", "\n", "'", "/", "%");

  private final ApiContract contract;
  private final Random random;
  private final List<String> ids = new ArrayList<>();
  private final List<String> cursors = new ArrayList<>();
  private final Map<String, List<String>> others = new HashMap<>();

  ContractSamples(ApiContract contract, Random random) {
    this.contract = contract;
    this.random = random;
  }

  /** Keeps ids and cursors, so that later requests meet what is there. */
  void learn(Answer answer) {
    if (answer.body() != null && "application/json".equals(answer.headers().get("Content-Type"))) {
      JsonNode body = answer.json();
      ids.addAll(body.findValuesAsText("task_id"));
      cursors.addAll(body.findValuesAsText("next_cursor"));
      for (String name :
          List.of("request_id", "import_id", "template_id", "seed_data_id", "job_id")) {
        others.computeIfAbsent(name, key -> new ArrayList<>()).addAll(body.findValuesAsText(name));
      }
    }
  }

  String id() {
    return ids.isEmpty() || random.nextInt(10) == 0
        ? new UUID(random.nextLong(), random.nextLong()).toString()
        : ids.get(ids.size() - 1 - random.nextInt(Math.min(20, ids.size())));
  }

  /** For a parameter of a path: most of the time one that was given out under its name. */
  String id(String name) {
    List<String> known = others.getOrDefault(name, List.of());
    return known.isEmpty() || random.nextInt(10) == 0
        ? id()
        : known.get(known.size() - 1 - random.nextInt(Math.min(20, known.size())));
  }

  /** Without what ends a part of a path. */
  String pathText() {
    return "x" + text(20).replace("/", "").replace("%", "");
  }

  String text(int maxLength) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(maxLength);
    for (int i = 0; i < length; i++) {
      // Mostly letters, so that most texts keep the patterns.
      text.append(CHARACTERS.get(random.nextInt(random.nextInt(4) == 0 ? CHARACTERS.size() : 3)));
    }
    return text.toString();
  }

  String parameter(ApiParameter parameter) {
    if (random.nextInt(8) == 0) {
      return text(40);
    }
    return switch (parameter.name()) {
      case "If-Match", "If-None-Match" ->
          random.nextBoolean() ? "*" : "\"%d\"".formatted(1 + random.nextInt(3));
      case "Prefer" -> random.nextBoolean() ? "respond-async" : "return=minimal";
      case "Idempotency-Key" -> "key-" + random.nextInt(200);
      case "cursor" -> cursor();
      default -> value(parameter.schema()).asText();
    };
  }

  String body(RequestBody body) {
    if (random.nextInt(15) == 0) {
      return text(60);
    }
    if (!body.isJson()) {
      return taskInput() + "\n" + taskInput();
    }
    JsonNode value = value(body.schema());
    if (random.nextInt(4) == 0) {
      breakSomewhere(value);
    }
    return value.toString();
  }

  private String cursor() {
    if (cursors.isEmpty() || random.nextInt(4) == 0) {
      String json =
          "{\"%s\":\"%s\",\"list\":\"x\"}"
              .formatted(random.nextBoolean() ? "task_id" : "updated_at", id());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }
    String cursor = cursors.get(random.nextInt(cursors.size()));
    return switch (random.nextInt(10)) {
      case 0, 1 -> tampered(cursor);
      case 2, 3, 4 -> expired();
      default -> cursor;
    };
  }

  /** Of changes, from a time whose deletions are forgotten. */
  private static String expired() {
    return Cursor.encode(
        Map.of(
            "round_start", "0",
            "updated_at", "2020-01-01T00:00:00.000Z",
            "task_id", "0",
            "tombstone_key", "2020-01-01T00:00:00.000Z"));
  }

  /** One of ours with one value exchanged. */
  private String tampered(String cursor) {
    try {
      ObjectNode key = (ObjectNode) Json.MAPPER.readTree(Base64.getUrlDecoder().decode(cursor));
      List<String> names = new ArrayList<>();
      key.fieldNames().forEachRemaining(names::add);
      key.put(names.get(random.nextInt(names.size())), text(30));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(key.toString().getBytes(UTF_8));
    } catch (IOException e) {
      throw new AssertionError("not a cursor of ours: " + cursor, e);
    }
  }

  private JsonNode taskInput() {
    return value(contract.root().at("/components/schemas/TaskInput"));
  }

  private JsonNode value(JsonNode schema) {
    JsonNode resolved = contract.resolve(schema);
    if (resolved.has("const")) {
      return resolved.get("const");
    }
    if (resolved.has("enum")) {
      return resolved.get("enum").get(random.nextInt(resolved.get("enum").size()));
    }
    return switch (resolved.path("type").asText()) {
      case "integer" -> {
        int minimum = resolved.path("minimum").asInt(0);
        int maximum = (int) Math.min(resolved.path("maximum").asLong(1_000), minimum + 1_000L);
        yield IntNode.valueOf(minimum + random.nextInt(maximum - minimum + 1));
      }
      case "number" -> DoubleNode.valueOf(random.nextInt(101) / 100.0);
      case "boolean" -> BooleanNode.valueOf(random.nextBoolean());
      case "array" -> array(resolved);
      case "object" -> object(resolved);
      default -> TextNode.valueOf(string(resolved));
    };
  }

  private String string(JsonNode schema) {
    return switch (schema.path("format").asText()) {
      case "uuid" -> id();
      case "date" -> "20%02d-%02d-%02d".formatted(two(99), 1 + two(12), 1 + two(28));
      case "date-time" ->
          "20%02d-%02d-%02dT%02d:%02d:%02dZ"
              .formatted(two(99), 1 + two(12), 1 + two(28), two(24), two(60), two(60));
      default -> {
        String pattern = schema.path("pattern").asText();
        if (pattern.startsWith("^[a-z][a-z0-9_]") && random.nextInt(8) != 0) {
          yield "step_" + random.nextInt(1_000);
        }
        if (pattern.startsWith("^[0-9]+(") && random.nextInt(8) != 0) {
          yield random.nextInt(100) + ".5";
        }
        int maximum = Math.min(schema.path("maxLength").asInt(40), 40);
        yield maximum == 40 && random.nextInt(3) == 0 ? "Europe/Berlin" : text(maximum);
      }
    };
  }

  private int two(int bound) {
    return random.nextInt(bound);
  }

  private ArrayNode array(JsonNode schema) {
    ArrayNode array = Json.MAPPER.createArrayNode();
    boolean isLarge = schema.path("maxItems").asInt() == 100 && random.nextInt(5) == 0;
    int count = isLarge ? 26 : schema.path("minItems").asInt(0) + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      array.add(value(schema.get("items")));
    }
    return array;
  }

  private ObjectNode object(JsonNode schema) {
    if (!schema.has("properties") && !schema.has("additionalProperties")) {
      // A patch, or a task in a batch: its fields are those of a task, now and then set to null.
      ObjectNode fields = object(contract.root().at("/components/schemas/TaskInput"));
      if (random.nextBoolean()) {
        breakSomewhere(fields);
      }
      return fields;
    }
    ObjectNode object = Json.MAPPER.createObjectNode();
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.textValue()));
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      if (required.contains(property.getKey()) || random.nextInt(3) == 0) {
        object.set(
            property.getKey(),
            others.containsKey(property.getKey())
                ? TextNode.valueOf(id(property.getKey()))
                : value(property.getValue()));
      }
    }
    if (schema.path("additionalProperties").isObject()) {
      for (int i = random.nextInt(3); i > 0; i--) {
        object.set(text(8), value(schema.get("additionalProperties")));
      }
    }
    if (object.has("op")) {
      completeOperation(object);
    }
    return object;
  }

  /** What a schema's conditions ask for, mostly. */
  private void completeOperation(ObjectNode operation) {
    if (random.nextInt(5) != 0) {
      operation.put("task_id", id()).put("if_match", "*");
      operation.putObject("patch").put("title", text(20));
      operation.putObject("task").put("title", text(20));
    }
  }

  private void breakSomewhere(JsonNode value) {
    if (value instanceof ObjectNode object && !object.isEmpty()) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      switch (random.nextInt(5)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(name, NullNode.getInstance());
        case 2 -> object.put(name, random.nextInt());
        case 3 -> object.put(text(120), text(10));
        default -> object.putArray(name).add(text(10)).addObject();
      }
    }
  }
}
