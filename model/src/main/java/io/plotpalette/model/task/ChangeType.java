package io.plotpalette.model.task;

/** What a task change did; the name is what Parquet holds. */
public enum ChangeType {
  CREATED,
  UPDATED,
  DELETED
}
