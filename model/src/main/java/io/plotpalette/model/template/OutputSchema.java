package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The JSON Schema a step's output must fit: the part of draft 2020-12 that models follow well and
 * that is checked in time proportional to schema and output. Without {@code $ref} a schema cannot
 * unfold, without {@code pattern} no regular expression of a stranger runs.
 */
public final class OutputSchema {
  /** Deeper ones are refused, in schemas and outputs. */
  public static final int MAX_DEPTH = 20;

  private static final Set<String> TYPES =
      Set.of("object", "array", "string", "integer", "number", "boolean", "null");

  /** Keyword to the type of JSON it takes. */
  private static final Map<String, String> KEYWORDS =
      Map.ofEntries(
          Map.entry("$schema", "string"),
          Map.entry("title", "string"),
          Map.entry("description", "string"),
          Map.entry("type", "string"),
          Map.entry("properties", "object"),
          Map.entry("required", "array"),
          Map.entry("additionalProperties", "boolean"),
          Map.entry("items", "object"),
          Map.entry("enum", "array"),
          Map.entry("minimum", "number"),
          Map.entry("maximum", "number"),
          Map.entry("minLength", "integer"),
          Map.entry("maxLength", "integer"),
          Map.entry("minItems", "integer"),
          Map.entry("maxItems", "integer"));

  private final JsonNode json;

  private OutputSchema(JsonNode json) {
    this.json = json;
  }

  /**
   * Checks a schema.
   *
   * @param pointer where it stands, for the problems
   * @return null when there are problems
   */
  static OutputSchema read(JsonNode json, String pointer, List<TemplateProblem> problems) {
    int before = problems.size();
    if (json.toString().length() > TemplateLimits.SCHEMA_MAX_CHARACTERS) {
      problems.add(
          new TemplateProblem(
              pointer,
              "must be at most " + TemplateLimits.SCHEMA_MAX_CHARACTERS + " characters of JSON"));
    } else if (hasInfinity(json)) {
      problems.add(new TemplateProblem(pointer, "holds a number beyond what 64 bits can hold"));
    } else {
      check(json, pointer, 0, problems);
    }
    return problems.size() == before ? new OutputSchema(json.deepCopy()) : null;
  }

  /** Such as 1e999, which no output can be compared with. */
  private static boolean hasInfinity(JsonNode json) {
    if (json.isNumber()) {
      return !Double.isFinite(json.doubleValue());
    }
    for (JsonNode child : json) {
      if (hasInfinity(child)) {
        return true;
      }
    }
    return false;
  }

  /** As it was written. */
  public JsonNode json() {
    return json.deepCopy();
  }

  private static void check(
      JsonNode schema, String pointer, int depth, List<TemplateProblem> problems) {
    if (!schema.isObject()) {
      problems.add(new TemplateProblem(pointer, "must be an object"));
      return;
    }
    if (depth > MAX_DEPTH) {
      problems.add(new TemplateProblem(pointer, "is nested deeper than " + MAX_DEPTH));
      return;
    }
    for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
      checkKeyword(keyword.getKey(), keyword.getValue(), pointer, depth, problems);
    }
  }

  private static void checkKeyword(
      String name, JsonNode value, String parent, int depth, List<TemplateProblem> problems) {
    String pointer = parent + "/" + escaped(name);
    String wanted = KEYWORDS.get(name);
    if (wanted == null) {
      problems.add(
          new TemplateProblem(
              pointer,
              "the keyword is not supported; supported are "
                  + String.join(", ", new TreeSet<>(KEYWORDS.keySet()))));
    } else if (!hasType(value, wanted)) {
      problems.add(new TemplateProblem(pointer, "must be of type " + wanted));
    } else if (name.equals("type") && !TYPES.contains(value.textValue())) {
      problems.add(
          new TemplateProblem(
              pointer, "must be one of " + String.join(", ", new TreeSet<>(TYPES))));
    } else if (name.equals("properties")) {
      value
          .properties()
          .forEach(
              property ->
                  check(
                      property.getValue(),
                      pointer + "/" + escaped(property.getKey()),
                      depth + 1,
                      problems));
    } else if (name.equals("items")) {
      check(value, pointer, depth + 1, problems);
    } else if (name.equals("required")) {
      value.forEach(
          field -> {
            if (!field.isTextual()) {
              problems.add(new TemplateProblem(pointer, "must hold texts"));
            }
          });
    } else if (name.equals("enum") && value.isEmpty()) {
      problems.add(new TemplateProblem(pointer, "must hold at least one value"));
    } else if (wanted.equals("integer") && value.decimalValue().signum() < 0) {
      problems.add(new TemplateProblem(pointer, "must not be negative"));
    }
  }

  /** What of an output does not fit, each with a JSON Pointer; empty when all does. */
  public List<TemplateProblem> violations(JsonNode output) {
    List<TemplateProblem> violations = new ArrayList<>();
    validate(json, output, "", 0, violations);
    return violations;
  }

  private static void validate(
      JsonNode schema,
      JsonNode value,
      String pointer,
      int depth,
      List<TemplateProblem> violations) {
    if (depth > MAX_DEPTH) {
      violations.add(new TemplateProblem(pointer, "is nested deeper than " + MAX_DEPTH));
      return;
    }
    if (schema.has("type") && !hasType(value, schema.get("type").textValue())) {
      violations.add(
          new TemplateProblem(pointer, "must be of type " + schema.get("type").textValue()));
      return;
    }
    if (schema.has("enum") && !contains(schema.get("enum"), value)) {
      violations.add(new TemplateProblem(pointer, "must be one of " + schema.get("enum")));
    }
    if (value.isTextual()) {
      long length = value.textValue().codePoints().count();
      bound(
          schema,
          "minLength",
          "maxLength",
          BigDecimal.valueOf(length),
          "length",
          pointer,
          violations);
    } else if (value.isNumber()) {
      bound(schema, "minimum", "maximum", value.decimalValue(), "value", pointer, violations);
    } else if (value.isArray()) {
      BigDecimal size = BigDecimal.valueOf(value.size());
      bound(schema, "minItems", "maxItems", size, "number of items", pointer, violations);
      for (int i = 0; schema.has("items") && i < value.size(); i++) {
        validate(schema.get("items"), value.get(i), pointer + "/" + i, depth + 1, violations);
      }
    } else if (value.isObject()) {
      validateFields(schema, value, pointer, depth, violations);
    }
  }

  private static void validateFields(
      JsonNode schema,
      JsonNode value,
      String pointer,
      int depth,
      List<TemplateProblem> violations) {
    JsonNode properties = schema.path("properties");
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.textValue())) {
        violations.add(
            new TemplateProblem(pointer + "/" + escaped(required.textValue()), "is required"));
      }
    }
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String at = pointer + "/" + escaped(field.getKey());
      if (properties.has(field.getKey())) {
        validate(properties.get(field.getKey()), field.getValue(), at, depth + 1, violations);
      } else if (!schema.path("additionalProperties").asBoolean(true)) {
        violations.add(new TemplateProblem(at, "is not allowed"));
      }
    }
  }

  private static void bound(
      JsonNode schema,
      String minimum,
      String maximum,
      BigDecimal value,
      String what,
      String pointer,
      List<TemplateProblem> violations) {
    if (schema.has(minimum) && value.compareTo(schema.get(minimum).decimalValue()) < 0) {
      violations.add(
          new TemplateProblem(pointer, what + " must be at least " + schema.get(minimum)));
    }
    if (schema.has(maximum) && value.compareTo(schema.get(maximum).decimalValue()) > 0) {
      violations.add(
          new TemplateProblem(pointer, what + " must be at most " + schema.get(maximum)));
    }
  }

  private static boolean contains(JsonNode choices, JsonNode value) {
    for (JsonNode choice : choices) {
      if (choice.equals(value)
          || (choice.isNumber()
              && value.isNumber()
              && choice.decimalValue().compareTo(value.decimalValue()) == 0)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasType(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      case "number" -> value.isNumber();
      case "integer" ->
          value.isIntegralNumber()
              || (value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0);
      default -> false;
    };
  }

  static String escaped(String pointerPart) {
    return pointerPart.replace("~", "~0").replace("/", "~1");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutputSchema schema && schema.json.equals(json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
