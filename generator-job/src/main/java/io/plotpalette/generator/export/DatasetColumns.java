package io.plotpalette.generator.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.text.WellFormedText;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateStep;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The columns of a dataset, the same in every format, and the row a record becomes.
 *
 * <p>A step that writes text is one column of its name. A step that writes JSON after a schema with
 * properties is a column a property, {@code step_property}: typed where the property is a text, a
 * number or a truth value, JSON otherwise. What the schema does not name, or a number no column can
 * hold, stands in {@code step_other} as JSON. Any other step is one column of JSON.
 */
final class DatasetColumns {
  static final String RECORD_INDEX = "record_index";
  static final String CATEGORY = "category";
  static final String SEED_REF = "seed_ref";
  static final String GENERATED_AT = "generated_at";

  private static final int NAME_MAX_CHARACTERS = 100;

  private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LONG_MAX = BigDecimal.valueOf(Long.MAX_VALUE);

  private final List<Column> columns = new ArrayList<>();
  private final List<StepColumns> steps = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** What a column holds, and as which class in a row. */
  enum Type {
    /** String. */
    TEXT,
    /** Long. */
    INTEGER,
    /** Double, never infinite. */
    NUMBER,
    /** Boolean. */
    BOOLEAN,
    /** String, the text of any JSON. */
    JSON,
    /** Instant. */
    TIME
  }

  /** A column; those that may be null are optional. */
  record Column(String name, Type type, boolean optional) {}

  /**
   * The columns of one step, from {@code first} on.
   *
   * @param properties in the order of the columns; null when the output is one column
   * @param other whether there is a last column for what fits nowhere else
   */
  private record StepColumns(
      String step,
      int first,
      OutputFormat output,
      Map<String, Integer> properties,
      boolean other) {}

  DatasetColumns(TemplateDefinition template) {
    // Names every dataset has are not given away to a step that is called like them.
    names.addAll(List.of(RECORD_INDEX, CATEGORY, SEED_REF, GENERATED_AT));
    columns.add(new Column(RECORD_INDEX, Type.INTEGER, false));
    template.steps().forEach(this::addStep);
    columns.add(new Column(CATEGORY, Type.TEXT, true));
    columns.add(new Column(SEED_REF, Type.INTEGER, false));
    columns.add(new Column(GENERATED_AT, Type.TIME, false));
  }

  List<Column> columns() {
    return columns;
  }

  private void addStep(TemplateStep step) {
    int first = columns.size();
    if (step.output() == OutputFormat.TEXT) {
      add(step.id(), Type.TEXT);
      steps.add(new StepColumns(step.id(), first, OutputFormat.TEXT, null, false));
      return;
    }
    JsonNode schema =
        step.schema() == null ? JsonNodeFactory.instance.objectNode() : step.schema().json();
    JsonNode properties = schema.path("properties");
    if (!schema.path("type").asText().equals("object") || properties.isEmpty()) {
      add(step.id(), Type.JSON);
      steps.add(new StepColumns(step.id(), first, OutputFormat.JSON, null, false));
      return;
    }
    Map<String, Integer> places = new LinkedHashMap<>();
    boolean other = schema.path("additionalProperties").asBoolean(true);
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      Type type = typeOf(property.getValue());
      places.put(property.getKey(), columns.size());
      add(step.id() + "_" + safe(property.getKey()), type);
      other |= type == Type.INTEGER && !fitsLong(property.getValue());
      other |= type == Type.NUMBER && !isBounded(property.getValue());
    }
    if (other) {
      add(step.id() + "_other", Type.JSON);
    }
    steps.add(new StepColumns(step.id(), first, OutputFormat.JSON, places, other));
  }

  private static Type typeOf(JsonNode schema) {
    return switch (schema.path("type").asText()) {
      case "string" -> Type.TEXT;
      case "integer" -> Type.INTEGER;
      case "number" -> Type.NUMBER;
      case "boolean" -> Type.BOOLEAN;
      default -> Type.JSON;
    };
  }

  private static boolean isBounded(JsonNode schema) {
    return schema.has("minimum") && schema.has("maximum");
  }

  private static boolean fitsLong(JsonNode schema) {
    return isBounded(schema)
        && schema.get("minimum").decimalValue().compareTo(LONG_MIN) >= 0
        && schema.get("maximum").decimalValue().compareTo(LONG_MAX) <= 0;
  }

  private static String safe(String property) {
    StringBuilder name = new StringBuilder();
    property
        .codePoints()
        .limit(NAME_MAX_CHARACTERS)
        .map(c -> Character.isLetterOrDigit(c) ? c : '_')
        .forEach(name::appendCodePoint);
    return name.toString();
  }

  /** SQL engines do not tell upper case from lower case, so neither do the names. */
  private void add(String wanted, Type type) {
    String name = wanted;
    for (int i = 2; !names.add(name.toLowerCase(Locale.ROOT)); i++) {
      name = wanted + "_" + i;
    }
    columns.add(new Column(name, type, true));
  }

  /** The values of a record, in the order of the columns. */
  Object[] row(DatasetRecord record) {
    Object[] row = new Object[columns.size()];
    row[0] = record.recordIndex();
    for (StepColumns step : steps) {
      JsonNode output = record.fields().get(step.step());
      if (output != null && !output.isNull()) {
        fill(step, output, row);
      }
    }
    int last = columns.size() - 1;
    row[last - 2] = record.category();
    row[last - 1] = record.seedRef();
    row[last] = record.generatedAt();
    return row;
  }

  private void fill(StepColumns step, JsonNode output, Object[] row) {
    if (step.properties() == null) {
      row[step.first()] =
          step.output() == OutputFormat.TEXT && output.isTextual()
              ? WellFormedText.of(output.textValue())
              : Text.ofJson(output);
      return;
    }
    ObjectNode other = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> property : output.properties()) {
      Integer column = step.properties().get(property.getKey());
      Object value = column == null ? null : value(columns.get(column).type(), property.getValue());
      if (value != null) {
        row[column] = value;
      } else if (!property.getValue().isNull()) {
        other.set(property.getKey(), property.getValue());
      }
    }
    if (!output.isObject() || (!step.other() && !other.isEmpty())) {
      // It was checked before it became a record, so this is a defect: better said than lost.
      throw new IllegalArgumentException(
          "the output of step %s does not fit its schema: %s"
              .formatted(step.step(), output.isObject() ? other : output.getNodeType()));
    }
    if (!other.isEmpty()) {
      row[step.first() + step.properties().size()] = Text.ofJson(other);
    }
  }

  /** Null if the column cannot hold it. */
  private static Object value(Type type, JsonNode value) {
    return switch (type) {
      case TEXT -> value.isTextual() ? WellFormedText.of(value.textValue()) : null;
      case INTEGER -> value.isNumber() ? integer(value) : null;
      case NUMBER ->
          value.isNumber() && Double.isFinite(value.doubleValue())
              ? (Object) value.doubleValue()
              : null;
      case BOOLEAN -> value.isBoolean() ? (Object) value.booleanValue() : null;
      case JSON -> value.isNull() ? null : Text.ofJson(value);
      case TIME -> throw new IllegalArgumentException("no output is a time");
    };
  }

  private static Long integer(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.canConvertToLong() ? (Long) value.longValue() : null;
    }
    BigDecimal number = value.decimalValue();
    // The bounds first: 1e999999999 must not be written out.
    return number.compareTo(LONG_MIN) >= 0
            && number.compareTo(LONG_MAX) <= 0
            && number.stripTrailingZeros().scale() <= 0
        ? (Long) number.longValue()
        : null;
  }
}
