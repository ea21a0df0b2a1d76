package io.plotpalette.model.setting;

/**
 * What the deployment has to tell generator-job, and under which names: infra writes these keys,
 * the job reads them.
 */
public final class DatasetGenerationKeys {
  /** The property group of the managed application, and the last part of the application's name. */
  public static final String GROUP = "dataset-generation";

  public static final String JOBS_TABLE = "jobs-table";
  public static final String TEMPLATES_TABLE = "templates-table";
  public static final String CALL_JOURNAL_TABLE = "call-journal-table";
  public static final String COST_TRACKING_TABLE = "cost-tracking-table";
  public static final String RUNS_TABLE = "runs-table";
  public static final String BUCKET_URI = "bucket-uri";
  public static final String REGION = "region";

  private DatasetGenerationKeys() {}
}
