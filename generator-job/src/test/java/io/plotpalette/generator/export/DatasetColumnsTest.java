package io.plotpalette.generator.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.RecordStatus;
import io.plotpalette.model.template.TemplateJson;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatasetColumnsTest {
  @Test
  void aStepWithoutAnObjectSchemaIsOneColumn() {
    assertThat(names(json("facts", null), json("list", "{\"type\": \"array\"}")))
        .containsExactly("record_index", "facts", "list", "category", "seed_ref", "generated_at");
  }

  @Test
  void namesThatAreTakenGetANumber() {
    assertThat(
            names(
                text("category"),
                json(
                    "a",
                    "{\"type\": \"object\", \"additionalProperties\": false, \"properties\":"
                        + " {\"B\": {\"type\": \"string\"}, \"b\": {\"type\": \"string\"},"
                        + " \"c d\": {\"type\": \"string\"}, \"größe\": {\"type\": \"string\"}}}"),
                text("a_b"),
                text("a_c_d")))
        .containsExactly(
            "record_index",
            "category_2",
            "a_B",
            "a_b_2",
            "a_c_d",
            "a_größe",
            "a_b_3",
            "a_c_d_2",
            "category",
            "seed_ref",
            "generated_at");
  }

  @Test
  void aColumnForTheRestIsThereOnlyIfSomethingMayBeInIt() {
    String closed = "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": %s}";

    assertThat(names(json("a", closed.formatted("{\"t\": {\"type\": \"string\"}}"))))
        .doesNotContain("a_other");
    assertThat(
            names(
                json(
                    "a",
                    closed.formatted(
                        "{\"n\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 9}}"))))
        .doesNotContain("a_other");
    assertThat(names(json("a", closed.formatted("{\"n\": {\"type\": \"integer\"}}"))))
        .contains("a_other");
    assertThat(
            names(
                json(
                    "a",
                    closed.formatted(
                        "{\"n\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 1e30}}"))))
        .contains("a_other");
  }

  @Test
  void numbersThatNoColumnHoldsStandInTheRest() {
    DatasetColumns columns =
        columns(
            json(
                "a",
                "{\"type\": \"object\", \"properties\": {\"i\": {\"type\": \"integer\"}, \"j\":"
                    + " {\"type\": \"integer\"}, \"k\": {\"type\": \"integer\"}, \"x\": {\"type\":"
                    + " \"number\"}, \"y\": {\"type\": \"number\"}}}"));

    Object[] row =
        columns.row(
            record(
                "a",
                "{\"i\": 3.0, \"j\": 9223372036854775808, \"k\": 1e999999999, \"x\": 1e999,"
                    + " \"y\": 0.1}"));

    assertThat(row)
        .startsWith(0L, 3L, null, null, null, 0.1)
        .contains("{\"j\":9223372036854775808,\"k\":1E+999999999,\"x\":1E+999}");
  }

  @Test
  void halfCharactersAreReplaced() {
    Object[] row = columns(text("a")).row(record("a", "\"\\ud83d whole: \\ud83c\\udfad\""));

    assertThat(row[1]).isEqualTo("\uFFFD whole: \uD83C\uDFAD");
  }

  @Test
  void anOutputThatDoesNotFitItsSchemaIsSaidNotLost() {
    DatasetColumns columns =
        columns(
            json(
                "a",
                "{\"type\": \"object\", \"additionalProperties\": false, \"properties\":"
                    + " {\"t\": {\"type\": \"string\"}}}"));

    assertThatThrownBy(() -> columns.row(record("a", "{\"t\": 5}")))
        .hasMessage("the output of step a does not fit its schema: {\"t\":5}");
  }

  private static List<String> names(String... steps) {
    return columns(steps).columns().stream().map(Column::name).toList();
  }

  private static DatasetColumns columns(String... steps) {
    return new DatasetColumns(
        TemplateJson.read(
            TestingOutputs.json(
                "{\"name\": \"n\", \"steps\": [" + String.join(", ", steps) + "]}")));
  }

  private static String text(String id) {
    return "{\"id\": \"%s\", \"model\": \"llama-3.1-8b\", \"prompt\": \"p\"}".formatted(id);
  }

  private static String json(String id, String schema) {
    return "{\"id\": \"%s\", \"model\": \"llama-3.1-8b\", \"prompt\": \"p\", \"output\": \"json\"%s}"
        .formatted(id, schema == null ? "" : ", \"schema\": " + schema);
  }

  private static DatasetRecord record(String step, String output) {
    Map<String, JsonNode> fields = new HashMap<>();
    try {
      fields.put(step, Text.JSON.readTree(output));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
    return new DatasetRecord(
        0, RecordStatus.OK, null, fields, 0, Map.of(), List.of(), null, Instant.EPOCH);
  }
}
