package io.plotpalette.stream.lake;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskChange;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** A task change as a row of {@code task_changes}. */
final class TaskChangeRow {
  private TaskChangeRow() {}

  static GenericRecord of(Schema schema, TaskChange change) {
    Task task = change.task();
    GenericRecord row = new GenericData.Record(schema);
    row.put("change_id", change.changeId());
    row.put("change_type", change.changeType().name());
    row.put("changed_at", change.changedAt().toEpochMilli());
    row.put("stream_time", change.streamTime().toEpochMilli());
    row.put("sequence_number", change.sequenceNumber());
    row.put("ingested_at", change.ingestedAt().toEpochMilli());
    row.put(
        "previous_status",
        change.previousStatus() == null ? null : change.previousStatus().wireName());
    row.put("previous_version", change.previousVersion());
    row.put(TaskAttribute.TASK_ID, task.taskId());
    row.put(TaskAttribute.USER_ID, task.userId());
    row.put(TaskAttribute.TITLE, task.title());
    row.put(TaskAttribute.DESCRIPTION, task.description());
    row.put(TaskAttribute.STATUS, task.status().wireName());
    row.put(TaskAttribute.PRIORITY, task.priority().wireName());
    row.put(TaskAttribute.LABELS, task.labels());
    row.put(
        TaskAttribute.DUE_DATE,
        task.dueDate() == null ? null : Math.toIntExact(task.dueDate().toEpochDay()));
    row.put(TaskAttribute.DUE_AT, millis(task.dueAt()));
    row.put(TaskAttribute.TIME_ZONE, task.timeZone());
    row.put(TaskAttribute.ESTIMATE_MINUTES, task.estimateMinutes());
    row.put(TaskAttribute.PARENT_ID, task.parentId());
    row.put(TaskAttribute.METADATA, task.metadata());
    row.put(TaskAttribute.CREATED_AT, task.createdAt().toEpochMilli());
    row.put(TaskAttribute.UPDATED_AT, task.updatedAt().toEpochMilli());
    row.put(TaskAttribute.COMPLETED_AT, millis(task.completedAt()));
    row.put(TaskAttribute.VERSION, task.version());
    return row;
  }

  private static Long millis(Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }
}
