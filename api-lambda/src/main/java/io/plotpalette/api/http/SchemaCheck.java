package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.regex.RegularExpression;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks values against one schema of the contract. */
public final class SchemaCheck {
  /** In characters; an answer must stay small whatever the request holds. */
  private static final int MAX_NAME_LENGTH = 100;

  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(
          VersionFlag.V202012,
          builder ->
              builder.metaSchema(
                  JsonMetaSchema.builder(JsonMetaSchema.getV202012())
                      .keyword(new NonValidationKeyword("components"))
                      .build()));

  private static final SchemaValidatorsConfig CONFIG =
      SchemaValidatorsConfig.builder()
          .errorMessageKeyword("x-error-messages")
          .formatAssertionsEnabled(true)
          .pathType(PathType.JSON_POINTER)
          .regularExpressionFactory(SchemaCheck::expression)
          .build();

  private final JsonNode source;
  private volatile JsonSchema schema;

  /** Takes a schema whose references point into itself. */
  SchemaCheck(JsonNode schema) {
    this.source = schema;
  }

  /**
   * Does what the first check would have to: a function needs few of its schemas when it starts.
   */
  void prepare() {
    if (schema == null) {
      // Two threads that meet here both make the same.
      schema = FACTORY.getSchema(source, CONFIG);
    }
  }

  /** What is wrong with {@code value}: one entry a place, and no more than an answer may hold. */
  public List<Violation> violations(JsonNode value) {
    prepare();
    Map<String, Violation> byPointer = new LinkedHashMap<>();
    addHashNames(value, new ArrayDeque<>(), byPointer);
    for (ValidationMessage message : schema.validate(value)) {
      if (byPointer.size() == ProblemException.MAX_VIOLATIONS) {
        break;
      }
      String pointer = pointer(message);
      byPointer.putIfAbsent(pointer, Violation.inBody(pointer, detail(message)));
    }
    return List.copyOf(byPointer.values());
  }

  /**
   * Returns {@code value}.
   *
   * @throws ProblemException 422 with what is wrong with it
   */
  public JsonNode require(JsonNode value) {
    List<Violation> violations = violations(value);
    if (!violations.isEmpty()) {
      throw ProblemException.invalidBody(violations);
    }
    return value;
  }

  /** Version 1.5.9 of the library skips additional properties whose names start with #. */
  private static void addHashNames(
      JsonNode value, Deque<String> path, Map<String, Violation> found) {
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      path.addLast(field.getKey());
      if (field.getKey().startsWith("#") && found.size() < ProblemException.MAX_VIOLATIONS) {
        String pointer = path.stream().reduce("", SchemaCheck::pointer);
        found.put(pointer, Violation.inBody(pointer, "must not start with #"));
      }
      addHashNames(field.getValue(), path, found);
      path.removeLast();
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        path.addLast(Integer.toString(i));
        addHashNames(value.get(i), path, found);
        path.removeLast();
      }
    }
  }

  /** In Java's expressions, unlike those of JSON Schema, {@code $} lets a last line break pass. */
  private static RegularExpression expression(String regex) {
    String anchored = regex.endsWith("$") ? regex.substring(0, regex.length() - 1) + "\\z" : regex;
    Pattern pattern = Pattern.compile(anchored);
    return value -> pattern.matcher(value).find();
  }

  private static String pointer(ValidationMessage message) {
    String parent = message.getInstanceLocation().toString();
    return message.getProperty() == null ? parent : pointer(parent, message.getProperty());
  }

  private static String pointer(String parent, String name) {
    return parent + "/" + shown(name).replace("~", "~0").replace("/", "~1");
  }

  /** A caller's name as an answer repeats it: cut where it gets long. */
  static String shown(String name) {
    return name.codePointCount(0, name.length()) <= MAX_NAME_LENGTH
        ? name
        : name.substring(0, name.offsetByCodePoints(0, MAX_NAME_LENGTH));
  }

  private static String detail(ValidationMessage message) {
    return switch (message.getType()) {
      case "additionalProperties" -> "is not a known field";
      case "required" -> "is required";
      default -> {
        String location = message.getInstanceLocation() + ": ";
        String text = message.getMessage();
        yield text.startsWith(location) ? text.substring(location.length()) : text;
      }
    };
  }
}
