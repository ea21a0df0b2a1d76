package io.plotpalette.model.setting;

/**
 * What the deployment has to tell stream-job, and under which names: infra writes these keys, the
 * job reads them.
 */
public final class TaskInsightsKeys {
  /** The property group of the managed application, and the last part of the application's name. */
  public static final String GROUP = "task-insights";

  public static final String TASKS_TABLE = "tasks-table";
  public static final String RUNS_TABLE = "runs-table";
  public static final String LAKE_URI = "lake-uri";
  public static final String REGION = "region";

  private TaskInsightsKeys() {}
}
