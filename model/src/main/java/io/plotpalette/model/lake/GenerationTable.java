package io.plotpalette.model.lake;

import java.time.LocalDate;

/**
 * A table of the lake that generator-job writes when it exports a dataset: its SQL name, its folder
 * below the bucket, and the schema of its Parquet files. A file a job and day, so there is no gold
 * copy.
 */
public enum GenerationTable {
  /** Every job that was exported, once. */
  JOBS("generation_jobs", "lake/bronze/generation_jobs", "generation_job"),
  /** Per job, day, and step. */
  USAGE("generation_usage", "lake/bronze/generation_usage", "generation_usage");

  private final String sqlName;
  private final String path;
  private final String schema;

  GenerationTable(String sqlName, String path, String schema) {
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

  /**
   * The file of a job on a day, which the job's next export replaces.
   *
   * @param day of the rows' event time
   */
  public String file(LocalDate day, String jobId) {
    return path + "/" + DayPartition.of(day) + "/" + jobId + ".parquet";
  }

  /** The Avro schema as JSON text; its field order is the column order. */
  public String avroSchema() {
    return LakeSchema.read(schema);
  }
}
