package io.plotpalette.model.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.task.TaskAttribute;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LakeTableTest {
  @ParameterizedTest
  @EnumSource
  void everyOptionalColumnHasADefaultSoThatSchemasCanGrow(LakeTable table) {
    Schema schema = new Schema.Parser().parse(table.avroSchema());

    assertThat(schema.getFields())
        .isNotEmpty()
        .allSatisfy(
            field ->
                assertThat(field.hasDefaultValue())
                    .as(field.name())
                    .isEqualTo(field.schema().isNullable()));
  }

  @ParameterizedTest
  @EnumSource
  void noColumnIsAZonedTimestamp(LakeTable table) {
    assertThat(table.avroSchema()).doesNotContain("\"timestamp-millis\"");
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
  }

  private static String constant(java.lang.reflect.Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
