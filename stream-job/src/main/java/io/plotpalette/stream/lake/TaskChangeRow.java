package io.plotpalette.stream.lake;

import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.io.api.Binary;

/** A task change as a row of {@code task_changes}, there and back. */
// Arrays by ordinal, which never leave this class: every row has four of them.
@SuppressWarnings("EnumOrdinal")
final class TaskChangeRow {
  private static final Binary[] TYPES =
      Arrays.stream(ChangeType.values())
          .map(type -> ColumnWriter.binary(type.name()))
          .toArray(Binary[]::new);
  private static final Binary[] STATUSES =
      Arrays.stream(TaskStatus.values())
          .map(status -> ColumnWriter.binary(status.wireName()))
          .toArray(Binary[]::new);
  private static final Binary[] PRIORITIES =
      Arrays.stream(TaskPriority.values())
          .map(priority -> ColumnWriter.binary(priority.wireName()))
          .toArray(Binary[]::new);

  private TaskChangeRow() {}

  static void write(TaskChange change, ColumnWriter row) {
    Task task = change.task();
    row.text("change_id", change.changeId());
    row.text("change_type", TYPES[change.changeType().ordinal()]);
    row.number("changed_at", change.changedAt().toEpochMilli());
    row.number("stream_time", change.streamTime().toEpochMilli());
    row.text("sequence_number", change.sequenceNumber());
    row.number("ingested_at", change.ingestedAt().toEpochMilli());
    TaskStatus before = change.previousStatus();
    row.text("previous_status", before == null ? null : STATUSES[before.ordinal()]);
    row.number("previous_version", change.previousVersion());
    row.text(TaskAttribute.TASK_ID, task.taskId());
    row.text(TaskAttribute.USER_ID, task.userId());
    row.text(TaskAttribute.TITLE, task.title());
    row.text(TaskAttribute.DESCRIPTION, task.description());
    row.text(TaskAttribute.STATUS, STATUSES[task.status().ordinal()]);
    row.text(TaskAttribute.PRIORITY, PRIORITIES[task.priority().ordinal()]);
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

  /** The change a row was written from. */
  static TaskChange read(GenericRecord row) {
    String previousStatus = text(row, "previous_status");
    Integer dueDate = (Integer) row.get(TaskAttribute.DUE_DATE);
    Task task =
        Task.builder()
            .taskId(text(row, TaskAttribute.TASK_ID))
            .userId(text(row, TaskAttribute.USER_ID))
            .title(text(row, TaskAttribute.TITLE))
            .description(text(row, TaskAttribute.DESCRIPTION))
            .status(TaskStatus.fromWire(text(row, TaskAttribute.STATUS)).orElseThrow())
            .priority(TaskPriority.fromWire(text(row, TaskAttribute.PRIORITY)).orElseThrow())
            .labels(texts(row.get(TaskAttribute.LABELS)))
            .dueDate(dueDate == null ? null : LocalDate.ofEpochDay(dueDate))
            .dueAt(instant(row, TaskAttribute.DUE_AT))
            .timeZone(text(row, TaskAttribute.TIME_ZONE))
            .estimateMinutes((Integer) row.get(TaskAttribute.ESTIMATE_MINUTES))
            .parentId(text(row, TaskAttribute.PARENT_ID))
            .metadata(pairs(row.get(TaskAttribute.METADATA)))
            .createdAt(instant(row, TaskAttribute.CREATED_AT))
            .updatedAt(instant(row, TaskAttribute.UPDATED_AT))
            .completedAt(instant(row, TaskAttribute.COMPLETED_AT))
            .version((Long) row.get(TaskAttribute.VERSION))
            .build();
    return new TaskChange(
        text(row, "change_id"),
        ChangeType.valueOf(text(row, "change_type")),
        instant(row, "changed_at"),
        instant(row, "stream_time"),
        text(row, "sequence_number"),
        instant(row, "ingested_at"),
        previousStatus == null ? null : TaskStatus.fromWire(previousStatus).orElseThrow(),
        (Long) row.get("previous_version"),
        task);
  }

  private static String text(GenericRecord row, String column) {
    Object value = row.get(column);
    return value == null ? null : value.toString();
  }

  private static Instant instant(GenericRecord row, String column) {
    Object millis = row.get(column);
    return millis == null ? null : Instant.ofEpochMilli((Long) millis);
  }

  private static List<String> texts(Object column) {
    return ((List<?>) column).stream().map(Object::toString).toList();
  }

  private static Map<String, String> pairs(Object column) {
    Map<String, String> pairs = new LinkedHashMap<>();
    ((Map<?, ?>) column).forEach((key, value) -> pairs.put(key.toString(), value.toString()));
    return pairs;
  }
}
