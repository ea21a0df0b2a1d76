package io.plotpalette.model.task;

/** Names of a task's attributes: the same in JSON, DynamoDB and Parquet. */
public final class TaskAttribute {
  public static final String TASK_ID = "task_id";
  public static final String USER_ID = "user_id";
  public static final String TITLE = "title";
  public static final String DESCRIPTION = "description";
  public static final String STATUS = "status";
  public static final String PRIORITY = "priority";
  public static final String LABELS = "labels";
  public static final String DUE_DATE = "due_date";
  public static final String DUE_AT = "due_at";
  public static final String TIME_ZONE = "time_zone";
  public static final String ESTIMATE_MINUTES = "estimate_minutes";
  public static final String PARENT_ID = "parent_id";
  public static final String METADATA = "metadata";
  public static final String CREATED_AT = "created_at";
  public static final String UPDATED_AT = "updated_at";
  public static final String COMPLETED_AT = "completed_at";
  public static final String VERSION = "version";

  /**
   * Only in DynamoDB: {@link Task#deadline()} in {@link io.plotpalette.model.IsoMillis} form,
   * absent without one. Sort key of the sparse index {@code by-due}.
   */
  public static final String DUE_KEY = "due_key";

  private TaskAttribute() {}
}
