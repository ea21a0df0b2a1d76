package io.plotpalette.model.task;

/** Names of the attributes of the table {@code task-tombstones} that a task does not have. */
public final class TombstoneAttribute {
  /** Sort key: {@code deleted_at#task_id}, so that text order is the order of deletion. */
  public static final String TOMBSTONE_KEY = "tombstone_key";

  public static final String DELETED_AT = "deleted_at";

  /** Epoch seconds; the table's time to live. */
  public static final String EXPIRES_AT = "expires_at";

  private TombstoneAttribute() {}
}
