package io.plotpalette.generator.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.lake.GenerationTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeRowsTest {
  private static final int COUNT = 200;

  @TempDir private Path folder;

  @Test
  void stepsOverAllDaysAddUpToTheJob() throws Exception {
    export(TestingOutputs.records(COUNT));

    // 200 records at 0.00125 each are in the records; the job has spent 0.3 in all.
    assertThat(
            ExportedFiles.query(
                "SELECT CAST(month AS BIGINT), CAST(day AS BIGINT), step, model, records, calls,"
                    + " cost_nano_usd FROM read_parquet('%s', hive_partitioning = true) ORDER BY day"
                        .formatted(files(GenerationTable.USAGE))))
        .containsExactly(
            List.of(11L, 20L, "story", "llama", 86L, 86L, 107_500_000L),
            List.of(11L, 21L, "story", "llama", 114L, 120L, 192_500_000L));
    assertThat(
            ExportedFiles.query(
                "SELECT outcome, requested, ok, failed, rejected, not_started, budget_nano_usd,"
                    + " cost_nano_usd, CAST(ended_at AS VARCHAR)"
                    + " FROM read_parquet('%s')".formatted(files(GenerationTable.JOBS))))
        .containsExactly(
            List.of(
                "COMPLETED",
                200L,
                160L,
                20L,
                20L,
                0L,
                5_000_000_000L,
                300_000_000L,
                "2026-11-21 00:13:13"));
  }

  @Test
  void aJobWithoutARecordCountsOnTheDayItWasOrdered() throws Exception {
    export(List.of());

    assertThat(
            ExportedFiles.query(
                "SELECT CAST(day AS BIGINT), ok, not_started, cost_nano_usd"
                    + " FROM read_parquet('%s', hive_partitioning = true)"
                        .formatted(files(GenerationTable.JOBS))))
        .containsExactly(List.of(20L, 0L, 200L, 300_000_000L));
    assertThat(
            ExportedFiles.query(
                "SELECT step, model, records, calls, cost_nano_usd FROM read_parquet('%s')"
                    .formatted(files(GenerationTable.USAGE))))
        .containsExactly(List.of("story", "unknown", 0L, 206L, 300_000_000L));
  }

  @Test
  void columnsAreThoseOfTheLakesSchemas() {
    assertThat(names(LakeRows.JOB_COLUMNS)).isEqualTo(schema(GenerationTable.JOBS));
    assertThat(names(LakeRows.USAGE_COLUMNS)).isEqualTo(schema(GenerationTable.USAGE));
  }

  /** Name, type and whether it may be null. */
  private static List<String> names(List<Column> columns) {
    return columns.stream()
        .map(
            column ->
                column.name()
                    + switch (column.type()) {
                      case TEXT -> " string";
                      case INTEGER -> " long";
                      case TIME -> " local-timestamp-millis";
                      default -> " " + column.type();
                    }
                    + (column.optional() ? " null" : ""))
        .toList();
  }

  private static List<String> schema(GenerationTable table) {
    List<String> columns = new ArrayList<>();
    for (JsonNode field : TestingOutputs.json(table.avroSchema()).get("fields")) {
      JsonNode type = field.get("type");
      boolean optional = type.isArray();
      type = optional ? type.get(1) : type;
      columns.add(
          field.get("name").asText()
              + " "
              + (type.isObject() ? type.get("logicalType").asText() : type.asText())
              + (optional ? " null" : ""));
    }
    return columns;
  }

  private void export(List<DatasetRecord> records) throws Exception {
    JobDefinition job = TestingOutputs.job(COUNT, PartitionBy.NONE, null, null);
    TestingOutputs.write(folder, records, 1);
    DatasetExport.write(
        TestingOutputs.spent(TestingOutputs.request(job, records, folder), 206, "0.3"));
  }

  private String files(GenerationTable table) {
    return folder.resolve(table.path()) + "/*/*/*/*.parquet";
  }
}
