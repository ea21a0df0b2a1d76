package io.plotpalette.stream.lake;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskChange;
import java.time.Instant;

/** A task change as a row of {@code task_changes}. */
final class TaskChangeRow {
  private TaskChangeRow() {}

  static void write(TaskChange change, ColumnWriter row) {
    Task task = change.task();
    row.text("change_id", change.changeId());
    row.text("change_type", change.changeType().name());
    row.number("changed_at", change.changedAt().toEpochMilli());
    row.number("stream_time", change.streamTime().toEpochMilli());
    row.text("sequence_number", change.sequenceNumber());
    row.number("ingested_at", change.ingestedAt().toEpochMilli());
    row.text(
        "previous_status",
        change.previousStatus() == null ? null : change.previousStatus().wireName());
    row.number("previous_version", change.previousVersion());
    row.text(TaskAttribute.TASK_ID, task.taskId());
    row.text(TaskAttribute.USER_ID, task.userId());
    row.text(TaskAttribute.TITLE, task.title());
    row.text(TaskAttribute.DESCRIPTION, task.description());
    row.text(TaskAttribute.STATUS, task.status().wireName());
    row.text(TaskAttribute.PRIORITY, task.priority().wireName());
    row.texts(TaskAttribute.LABELS, task.labels());
    row.smallNumber(
        TaskAttribute.DUE_DATE,
        task.dueDate() == null ? null : (Integer) Math.toIntExact(task.dueDate().toEpochDay()));
    row.number(TaskAttribute.DUE_AT, millis(task.dueAt()));
    row.text(TaskAttribute.TIME_ZONE, task.timeZone());
    row.smallNumber(TaskAttribute.ESTIMATE_MINUTES, task.estimateMinutes());
    row.text(TaskAttribute.PARENT_ID, task.parentId());
    row.pairs(TaskAttribute.METADATA, task.metadata());
    row.number(TaskAttribute.CREATED_AT, task.createdAt().toEpochMilli());
    row.number(TaskAttribute.UPDATED_AT, task.updatedAt().toEpochMilli());
    row.number(TaskAttribute.COMPLETED_AT, millis(task.completedAt()));
    row.number(TaskAttribute.VERSION, task.version());
  }

  private static Long millis(Instant instant) {
    return instant == null ? null : (Long) instant.toEpochMilli();
  }
}
