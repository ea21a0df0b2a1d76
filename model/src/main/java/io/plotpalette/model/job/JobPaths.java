package io.plotpalette.model.job;

import io.plotpalette.model.seed.SeedFormat;

/**
 * Keys of the bucket that hold seed data and datasets, without a slash at either end. Locally the
 * same paths below a folder.
 */
public final class JobPaths {
  private JobPaths() {}

  public static String seedData(String userId, String seedDataId) {
    return seedDataOf(userId) + "/" + seedDataId + ".json";
  }

  /** Seed data as it was uploaded in another format, beside what was made of it. */
  public static String seedUpload(String userId, String seedDataId, SeedFormat format) {
    return seedDataOf(userId) + "/" + seedDataId + "." + format.wireName();
  }

  /** Folder of everything a user has uploaded. */
  public static String seedDataOf(String userId) {
    return "seed-data/" + userId;
  }

  /** Folder of everything of a job. */
  public static String job(String jobId) {
    return "jobs/" + jobId;
  }

  /**
   * Folder of the records one start of the job without state wrote.
   *
   * @param run from 1
   */
  public static String outputs(String jobId, int run) {
    return job(jobId) + "/outputs/run=" + run;
  }

  /** Folder of outputs of single calls that are too long for the call journal. */
  public static String storedOutputs(String jobId) {
    return job(jobId) + "/stored";
  }

  /** Folder of the finished dataset. */
  public static String exports(String jobId) {
    return job(jobId) + "/exports";
  }

  public static String dataset(String jobId, ExportFormat format) {
    return exports(jobId) + "/dataset." + format.wireName();
  }

  public static String datasetCard(String jobId) {
    return exports(jobId) + "/dataset-card.md";
  }

  /**
   * One part of a dataset that is split.
   *
   * @param value a date as {@code 2026-11-20}, or a category
   */
  public static String partition(
      String jobId, PartitionBy partitionBy, String value, ExportFormat format) {
    return "%s/partitioned/%s/%s=%s/dataset.%s"
        .formatted(
            exports(jobId),
            partitionBy.wireName(),
            partitionBy.wireName(),
            value,
            format.wireName());
  }

  /** Records the judge or the near-duplicate filter refused, with score and reason. */
  public static String rejectedRecords(String jobId) {
    return exports(jobId) + "/rejected.jsonl";
  }

  /** Records that failed, as they were written. */
  public static String failedRecords(String jobId) {
    return exports(jobId) + "/failed.jsonl";
  }
}
