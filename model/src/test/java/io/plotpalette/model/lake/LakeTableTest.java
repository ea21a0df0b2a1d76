package io.plotpalette.model.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.task.TaskAttribute;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LakeTableTest {
  static Stream<String> schemas() {
    return Stream.concat(
        Arrays.stream(LakeTable.values()).map(LakeTable::avroSchema),
        Arrays.stream(GenerationTable.values()).map(GenerationTable::avroSchema));
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void everyOptionalColumnHasADefaultSoThatSchemasCanGrow(String avroSchema) {
    Schema schema = new Schema.Parser().parse(avroSchema);

    assertThat(schema.getFields())
        .isNotEmpty()
        .allSatisfy(
            field ->
                assertThat(field.hasDefaultValue())
                    .as(field.name())
                    .isEqualTo(field.schema().isNullable()));
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void noColumnIsAZonedTimestamp(String avroSchema) {
    assertThat(avroSchema).doesNotContain("\"timestamp-millis\"");
  }

  @Test
  void bronzeHoldsEveryTaskAttributeUnderItsName() {
    Schema schema = new Schema.Parser().parse(LakeTable.TASK_CHANGES.avroSchema());
    List<String> columns = schema.getFields().stream().map(Schema.Field::name).toList();
    List<String> attributes =
        Arrays.stream(TaskAttribute.class.getDeclaredFields())
            .filter(field -> Modifier.isPublic(field.getModifiers()))
            .map(LakeTableTest::constant)
            .filter(name -> !name.equals(TaskAttribute.DUE_KEY))
            .toList();

    assertThat(columns.subList(columns.size() - attributes.size(), columns.size()))
        .isEqualTo(attributes);
  }

  @Test
  void partitionFoldersHaveTwoDigitsInUtc() {
    assertThat(DayPartition.of(Instant.parse("2026-01-02T23:59:59.999Z")))
        .isEqualTo("year=2026/month=01/day=02");
    assertThat(GenerationTable.JOBS.file(LocalDate.parse("2026-01-02"), "job"))
        .isEqualTo("lake/bronze/generation_jobs/year=2026/month=01/day=02/job.parquet");
  }

  private static String constant(java.lang.reflect.Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
