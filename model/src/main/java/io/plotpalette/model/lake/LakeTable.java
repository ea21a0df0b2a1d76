package io.plotpalette.model.lake;

/**
 * A table of the lake: its SQL name, its folder below the bucket, and the Avro schema its Parquet
 * files are written with.
 */
public enum LakeTable {
  /** Every change of a task, once. */
  TASK_CHANGES("task_changes", "lake/bronze/task_changes", "task_change"),
  /** Per user and hour. */
  TASK_INSIGHTS_HOURLY("task_insights_hourly", "lake/silver/task_insights_hourly", "task_insight"),
  /** Per user and day. */
  TASK_INSIGHTS_DAILY("task_insights_daily", "lake/silver/task_insights_daily", "task_insight"),
  /** All users, per minute. */
  TASK_ACTIVITY_MINUTELY(
      "task_activity_minutely", "lake/silver/task_activity_minutely", "task_activity");

  /** Task changes that broke a rule, as JSON lines: not a Parquet table. */
  public static final String TASK_CHANGES_QUARANTINE_PATH = "lake/quarantine/task_changes";

  private final String sqlName;
  private final String path;
  private final String schema;

  LakeTable(String sqlName, String path, String schema) {
    this.sqlName = sqlName;
    this.path = path;
    this.schema = schema;
  }

  public String sqlName() {
    return sqlName;
  }

  /** Relative to the bucket or data folder, without a slash at either end. */
  public String path() {
    return path;
  }

  /** Of the sorted, compacted copy; otherwise as {@link #path}. */
  public String goldPath() {
    return "lake/gold/" + sqlName;
  }

  /** The Avro schema as JSON text; its field order is the column order. */
  public String avroSchema() {
    return LakeSchema.read(schema);
  }
}
