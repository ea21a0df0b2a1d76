package io.plotpalette.infra;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awscdk.services.glue.CfnTable;

/**
 * A table definition of {@code sql/ddl/athena}, read for Glue's catalogue: the statement stays the
 * one place where a table is described.
 */
final class AthenaTable {
  private static final Pattern STATEMENT =
      Pattern.compile(
          """
          (?s)-- (?<comment>[^\\n]*)\\n.*\
          CREATE EXTERNAL TABLE IF NOT EXISTS (?<name>\\w+) \\(\\n\
          (?<columns>.*?)\\n\\)\\n\
          PARTITIONED BY \\((?<partitions>[^)]*)\\)\\n\
          (?<format>[^\\n]*)\\n\
          LOCATION '(?<location>[^']*)'\\n\
          TBLPROPERTIES \\(\\n(?<properties>.*?)\\n\\)\\s*""");

  private static final Pattern COLUMN = Pattern.compile("\\s*(\\w+) ([^\\n]+?),?");
  private static final Pattern PARTITION = Pattern.compile("\\s*(\\w+) (\\w+)");
  private static final Pattern PROPERTY = Pattern.compile("\\s*'([^']*)' = '([^']*)',?");

  /** How files are read, by the line of the statement that says so. */
  private static final Map<String, Format> FORMATS =
      Map.of(
          "STORED AS PARQUET",
          new Format(
              "parquet",
              "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
              "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
              "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"),
          "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'",
          new Format(
              "json",
              "org.apache.hadoop.mapred.TextInputFormat",
              "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
              "org.openx.data.jsonserde.JsonSerDe"));

  private record Format(String classification, String input, String output, String serde) {}

  private final String statement;
  private final Matcher parts;
  private final String bucket;

  /**
   * @param bucket name of the lake's bucket, for the statement's open place
   * @throws IllegalArgumentException if the statement has a form that is not understood
   */
  AthenaTable(String statement, String bucket) {
    this.statement = statement;
    this.bucket = bucket;
    parts = STATEMENT.matcher(statement);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a table as sql/ddl/athena has them: " + statement);
    }
  }

  String name() {
    return parts.group("name");
  }

  CfnTable.TableInputProperty input() {
    Format format = FORMATS.get(parts.group("format"));
    if (format == null) {
      throw new IllegalArgumentException(
          "'%s' of %s is not one of %s".formatted(parts.group("format"), name(), FORMATS.keySet()));
    }
    Map<String, String> parameters = new TreeMap<>();
    for (String line : parts.group("properties").split("\n", -1)) {
      Matcher property = matching(PROPERTY, line);
      parameters.put(property.group(1), filled(property.group(2)));
    }
    parameters.put("EXTERNAL", "TRUE");
    parameters.put("classification", format.classification());
    return CfnTable.TableInputProperty.builder()
        .name(name())
        .description(parts.group("comment"))
        .tableType("EXTERNAL_TABLE")
        .parameters(parameters)
        .partitionKeys(columns(PARTITION, parts.group("partitions").split(",", -1)))
        .storageDescriptor(
            CfnTable.StorageDescriptorProperty.builder()
                .columns(columns(COLUMN, parts.group("columns").split("\n", -1)))
                .location(filled(parts.group("location")))
                .inputFormat(format.input())
                .outputFormat(format.output())
                .serdeInfo(
                    CfnTable.SerdeInfoProperty.builder()
                        .serializationLibrary(format.serde())
                        .build())
                .build())
        .build();
  }

  private List<CfnTable.ColumnProperty> columns(Pattern form, String... texts) {
    return List.of(texts).stream()
        .map(text -> matching(form, text))
        .map(
            column ->
                CfnTable.ColumnProperty.builder()
                    .name(column.group(1))
                    .type(column.group(2))
                    .build())
        .toList();
  }

  private Matcher matching(Pattern form, String text) {
    Matcher matcher = form.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not understood in the table %s".formatted(text, statement));
    }
    return matcher;
  }

  private String filled(String text) {
    return text.replace("${bucket}", "s3://" + bucket);
  }
}
