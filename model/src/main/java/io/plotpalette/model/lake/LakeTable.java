package io.plotpalette.model.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A table of the lake: its SQL name, its folder below the bucket, and the Avro schema its Parquet
 * files are written with.
 */
public enum LakeTable {
  TASK_CHANGES("task_changes", "lake/bronze/task_changes"),
  TASK_INSIGHTS_HOURLY("task_insights_hourly", "lake/silver/task_insights_hourly");

  /** Task changes that broke a rule, as JSON lines: not a Parquet table. */
  public static final String TASK_CHANGES_QUARANTINE_PATH = "lake/quarantine/task_changes";

  private final String sqlName;
  private final String path;

  LakeTable(String sqlName, String path) {
    this.sqlName = sqlName;
    this.path = path;
  }

  public String sqlName() {
    return sqlName;
  }

  /** Relative to the bucket or data folder, without a slash at either end. */
  public String path() {
    return path;
  }

  /** The Avro schema as JSON text; its field order is the column order. */
  public String avroSchema() {
    String resource = sqlName + ".avsc";
    try (InputStream in = LakeTable.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("schema " + resource + " is not packaged with the model");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read schema " + resource, e);
    }
  }
}
