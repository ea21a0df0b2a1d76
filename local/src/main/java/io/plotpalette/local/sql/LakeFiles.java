package io.plotpalette.local.sql;

import io.plotpalette.model.lake.GenerationTable;
import io.plotpalette.model.lake.LakeTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/**
 * A table over files, as DuckDB sees it.
 *
 * @param path of its folder below the bucket
 * @param columns DuckDB's type by column, in order, without the partition's
 */
record LakeFiles(String table, String path, Format format, Map<String, String> columns) {
  private static final String GOLD_SUFFIX = "_gold";

  /** How rows are written. */
  enum Format {
    PARQUET(".parquet"),
    JSON_LINES(".jsonl");

    private final String suffix;

    Format(String suffix) {
      this.suffix = suffix;
    }
  }

  /** Every table of the lake: bronze and silver, their gold copies, generation, quarantine. */
  static List<LakeFiles> all() {
    List<LakeFiles> all = new ArrayList<>();
    for (LakeTable table : LakeTable.values()) {
      all.add(of(table));
      all.add(goldOf(table));
    }
    for (GenerationTable table : GenerationTable.values()) {
      all.add(of(table));
    }
    Map<String, String> lines = new LinkedHashMap<>();
    for (String column : List.of("rule", "reason", "rejected_at", "record")) {
      lines.put(column, "VARCHAR");
    }
    all.add(
        new LakeFiles(
            "task_changes_quarantine",
            LakeTable.TASK_CHANGES_QUARANTINE_PATH,
            Format.JSON_LINES,
            lines));
    return all;
  }

  static LakeFiles of(LakeTable table) {
    return parquet(table.sqlName(), table.path(), table.avroSchema());
  }

  static LakeFiles of(GenerationTable table) {
    return parquet(table.sqlName(), table.path(), table.avroSchema());
  }

  /** The sorted, compacted copy of a table. */
  static LakeFiles goldOf(LakeTable table) {
    return parquet(table.sqlName() + GOLD_SUFFIX, table.goldPath(), table.avroSchema());
  }

  private static LakeFiles parquet(String table, String path, String avroSchema) {
    return new LakeFiles(
        table, path, Format.PARQUET, columns(new Schema.Parser().parse(avroSchema)));
  }

  /** Matches the table's files below a bucket; no SQL text. */
  String pattern(String bucket) {
    return bucket + "/" + path + "/year=*/month=*/day=*/*" + format.suffix;
  }

  /** The table without files, which DuckDB refuses to read. */
  String emptyView() {
    return "CREATE OR REPLACE VIEW " + table + " AS " + noRows();
  }

  /**
   * The table over its files; typed, so that files of an earlier schema have null where it grew.
   */
  String viewOverFiles(String bucket) {
    String files = pattern(bucket).replace("'", "''");
    String reader =
        switch (format) {
          case PARQUET -> "read_parquet('%s', union_by_name = true, ".formatted(files);
          case JSON_LINES ->
              "read_json('%s', format = 'newline_delimited', columns = {%s}, "
                  .formatted(
                      files,
                      columns.entrySet().stream()
                          .map(column -> column.getKey() + ": '" + column.getValue() + "'")
                          .collect(Collectors.joining(", ")));
        };
    return """
        CREATE OR REPLACE VIEW %s AS %s
        UNION ALL BY NAME
        SELECT * FROM %shive_partitioning = true,
          hive_types = {year: INTEGER, month: INTEGER, day: INTEGER})"""
        .formatted(table, noRows(), reader);
  }

  private String noRows() {
    Map<String, String> all = new LinkedHashMap<>(columns);
    for (String part : List.of("year", "month", "day")) {
      all.put(part, "INTEGER");
    }
    return all.entrySet().stream()
        .map(column -> "CAST(NULL AS " + column.getValue() + ") AS " + column.getKey())
        .collect(Collectors.joining(", ", "SELECT ", " WHERE false"));
  }

  private static Map<String, String> columns(Schema schema) {
    Map<String, String> columns = new LinkedHashMap<>();
    for (Schema.Field field : schema.getFields()) {
      columns.put(field.name(), duckDbType(field.schema()));
    }
    return columns;
  }

  private static String duckDbType(Schema schema) {
    if (schema.isUnion()) {
      return schema.getTypes().stream()
          .filter(type -> type.getType() != Schema.Type.NULL)
          .map(LakeFiles::duckDbType)
          .findFirst()
          .orElseThrow();
    }
    if (schema.getLogicalType() != null) {
      return schema.getLogicalType().getName().equals("date") ? "DATE" : "TIMESTAMP";
    }
    return switch (schema.getType()) {
      case STRING -> "VARCHAR";
      case INT -> "INTEGER";
      case LONG -> "BIGINT";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case ARRAY -> duckDbType(schema.getElementType()) + "[]";
      case MAP -> "MAP(VARCHAR, " + duckDbType(schema.getValueType()) + ")";
      default -> throw new IllegalArgumentException("no column type for " + schema);
    };
  }
}
