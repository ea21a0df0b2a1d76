package io.plotpalette.model.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.catalogue.ModelTier;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The JSON form of a template's definition. */
public final class TemplateJson {
  private static final Set<String> FIELDS = Set.of("name", "description", "steps", "category");
  private static final Set<String> STEP_FIELDS =
      Set.of(
          "id",
          "model",
          "model_tier",
          "prompt",
          "max_tokens",
          "temperature",
          "output",
          "schema",
          "skip_when");
  private static final Pattern STEP_ID = Pattern.compile(TemplateLimits.STEP_ID_PATTERN);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<TemplateProblem> problems = new ArrayList<>();

  private TemplateJson() {}

  /**
   * Reads and checks a definition, prompts included.
   *
   * @throws InvalidTemplateException with every problem there is
   */
  public static TemplateDefinition read(JsonNode json) {
    TemplateJson reader = new TemplateJson();
    TemplateDefinition definition = reader.definition(json);
    if (definition != null) {
      reader.problems.addAll(CompiledTemplate.problems(definition));
    }
    if (!reader.problems.isEmpty()) {
      throw new InvalidTemplateException(reader.problems);
    }
    return definition;
  }

  /**
   * As {@link #write}, for an item of a table: schemas are texts. The maps of a table have no
   * order, and the order of properties tells a model what to write first; numbers and depth have
   * bounds there that schemas do not. {@link #read} takes both.
   */
  public static ObjectNode writeItem(TemplateDefinition definition) {
    ObjectNode json = write(definition);
    for (JsonNode step : json.get("steps")) {
      if (step.has("schema")) {
        ((ObjectNode) step).put("schema", step.get("schema").toString());
      }
    }
    return json;
  }

  /** Writes every field, also those that had their default when the definition was read. */
  public static ObjectNode write(TemplateDefinition definition) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", definition.name());
    json.put("description", definition.description());
    ArrayNode steps = json.putArray("steps");
    definition.steps().forEach(step -> steps.add(write(step)));
    if (definition.category() != null) {
      json.put("category", definition.category());
    }
    return json;
  }

  private static ObjectNode write(TemplateStep step) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", step.id());
    if (step.model() instanceof ModelChoice.Named named) {
      json.put("model", named.name());
    } else if (step.model() instanceof ModelChoice.OfTier ofTier) {
      json.put("model_tier", ofTier.tier().wireName());
    }
    json.put("prompt", step.prompt());
    json.put("max_tokens", step.maxTokens());
    json.put("temperature", step.temperature());
    json.put("output", step.output().wireName());
    if (step.schema() != null) {
      json.set("schema", step.schema().json());
    }
    if (step.skipWhen() != null) {
      json.put("skip_when", step.skipWhen());
    }
    return json;
  }

  /** Null when something is wrong that keeps the prompts from being looked at. */
  private TemplateDefinition definition(JsonNode json) {
    if (!json.isObject()) {
      problem("", "must be an object");
      return null;
    }
    refuseUnknownFields(json, FIELDS, "");
    String name = text(json, "name", "", 1, TemplateLimits.NAME_MAX_CHARACTERS, null);
    String description =
        text(json, "description", "", 0, TemplateLimits.DESCRIPTION_MAX_CHARACTERS, "");
    String category = optionalText(json, "category", "");
    List<TemplateStep> steps = steps(json.path("steps"));
    return problems.isEmpty() ? new TemplateDefinition(name, description, steps, category) : null;
  }

  private List<TemplateStep> steps(JsonNode json) {
    if (!json.isArray() || json.isEmpty() || json.size() > TemplateLimits.STEPS_MAX) {
      problem("/steps", "must be a list of 1 to " + TemplateLimits.STEPS_MAX + " steps");
      return List.of();
    }
    List<TemplateStep> steps = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < json.size(); i++) {
      String pointer = "/steps/" + i;
      if (json.get(i).isObject()) {
        steps.add(step(json.get(i), pointer, ids));
      } else {
        problem(pointer, "must be an object");
      }
    }
    return problems.isEmpty() ? steps : List.of();
  }

  /** Null when something is wrong. */
  private TemplateStep step(JsonNode json, String pointer, Set<String> ids) {
    int before = problems.size();
    refuseUnknownFields(json, STEP_FIELDS, pointer);
    String id = id(json, pointer, ids);
    ModelChoice model = model(json, pointer, id);
    String prompt = text(json, "prompt", pointer, 1, Integer.MAX_VALUE, null);
    int maxTokens = maxTokens(json.get("max_tokens"), pointer + "/max_tokens");
    double temperature = temperature(json.get("temperature"), pointer + "/temperature");
    OutputFormat output = output(json, pointer);
    OutputSchema schema = schema(json, pointer, output);
    String skipWhen = optionalText(json, "skip_when", pointer);
    return problems.size() == before
        ? new TemplateStep(id, model, prompt, maxTokens, temperature, output, schema, skipWhen)
        : null;
  }

  private String id(JsonNode json, String pointer, Set<String> ids) {
    String id = json.path("id").textValue();
    if (id == null || !STEP_ID.matcher(id).matches()) {
      problem(
          pointer + "/id",
          "must be 1 to 40 characters of a-z, 0-9 and _ that start with a letter, so that"
              + " steps.<id>.output can name it");
      return "";
    }
    if (!ids.add(id)) {
      problem(pointer + "/id", "another step has the id '" + id + "' already");
    }
    return id;
  }

  private ModelChoice model(JsonNode json, String pointer, String id) {
    if (json.has("model") && json.has("model_tier")) {
      problem(pointer + "/model_tier", "give model or model_tier, not both");
      return null;
    }
    if (json.has("model")) {
      String name = text(json, "model", pointer, 1, TemplateLimits.MODEL_MAX_CHARACTERS, null);
      return name == null ? null : new ModelChoice.Named(name);
    }
    if (!json.has("model_tier")) {
      return new ModelChoice.OfTier(StepKind.ofStep(id).defaultTier());
    }
    JsonNode tier = json.get("model_tier");
    String written = tier.isIntegralNumber() ? tier.asText() : tier.textValue();
    ModelTier found = written == null ? null : ModelTier.fromText(written).orElse(null);
    if (found == null) {
      problem(
          pointer + "/model_tier",
          "must be one of 1, 2, 3, "
              + Arrays.stream(ModelTier.values())
                  .map(ModelTier::wireName)
                  .collect(Collectors.joining(", ")));
      return null;
    }
    return new ModelChoice.OfTier(found);
  }

  private int maxTokens(JsonNode json, String pointer) {
    if (json == null) {
      return TemplateLimits.DEFAULT_MAX_TOKENS;
    }
    // Not isInt(): a number that comes from a table is a long.
    if (!json.isIntegralNumber()
        || !json.canConvertToInt()
        || json.intValue() < 1
        || json.intValue() > TemplateLimits.MAX_TOKENS_MAX) {
      problem(pointer, "must be a whole number from 1 to " + TemplateLimits.MAX_TOKENS_MAX);
      return TemplateLimits.DEFAULT_MAX_TOKENS;
    }
    return json.intValue();
  }

  private double temperature(JsonNode json, String pointer) {
    if (json == null) {
      return TemplateLimits.DEFAULT_TEMPERATURE;
    }
    double value = json.doubleValue();
    if (!json.isNumber() || !(value >= 0 && value <= TemplateLimits.TEMPERATURE_MAX)) {
      problem(pointer, "must be a number from 0 to 1");
      return TemplateLimits.DEFAULT_TEMPERATURE;
    }
    return value;
  }

  private OutputFormat output(JsonNode json, String pointer) {
    if (!json.has("output")) {
      return OutputFormat.TEXT;
    }
    String written = json.get("output").textValue();
    return OutputFormat.fromWire(written)
        .orElseGet(
            () -> {
              problem(pointer + "/output", "must be text or json");
              return OutputFormat.TEXT;
            });
  }

  private OutputSchema schema(JsonNode json, String pointer, OutputFormat output) {
    if (!json.has("schema")) {
      return null;
    }
    if (output == OutputFormat.TEXT) {
      problem(pointer + "/schema", "only a step with the output json can have a schema");
      return null;
    }
    return OutputSchema.read(parsed(json.get("schema")), pointer + "/schema", problems);
  }

  /** Undoes what {@link #writeItem} does; any other text stays one and is refused. */
  private static JsonNode parsed(JsonNode schema) {
    if (!schema.isTextual()) {
      return schema;
    }
    try {
      return JSON.readTree(schema.textValue());
    } catch (JsonProcessingException e) {
      return schema;
    }
  }

  /** Lengths are in Unicode code points; a null default makes the field required. */
  private String text(JsonNode json, String field, String parent, int min, int max, String absent) {
    JsonNode value = json.get(field);
    if (value == null && absent != null) {
      return absent;
    }
    String text = value == null ? null : value.textValue();
    long length = text == null ? -1 : text.codePoints().count();
    if (length < min || length > max || (min > 0 && text.isBlank())) {
      problem(
          parent + "/" + field,
          value == null
              ? "is required"
              : max == Integer.MAX_VALUE
                  ? "must be a text that is not blank"
                  : "must be a text of " + min + " to " + max + " characters");
      return null;
    }
    return text;
  }

  private String optionalText(JsonNode json, String field, String parent) {
    return json.has(field) ? text(json, field, parent, 1, Integer.MAX_VALUE, null) : null;
  }

  private void refuseUnknownFields(JsonNode json, Set<String> known, String pointer) {
    json.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                problem(
                    pointer + "/" + OutputSchema.escaped(field),
                    "there is no such field; known are " + String.join(", ", new TreeSet<>(known)));
              }
            });
  }

  private void problem(String pointer, String message) {
    problems.add(new TemplateProblem(pointer, message));
  }
}
