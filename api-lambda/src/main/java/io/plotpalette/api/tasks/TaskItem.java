package io.plotpalette.api.tasks;

import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A task as an item of the {@code tasks} table; what has no value is left out. */
final class TaskItem {
  private TaskItem() {}

  static Map<String, AttributeValue> of(Task task) {
    Map<String, AttributeValue> item = new HashMap<>(key(task.userId(), task.taskId()));
    item.put(TaskAttribute.TITLE, text(task.title()));
    item.put(TaskAttribute.DESCRIPTION, text(task.description()));
    item.put(TaskAttribute.STATUS, text(task.status().wireName()));
    item.put(TaskAttribute.PRIORITY, text(task.priority().wireName()));
    item.put(
        TaskAttribute.LABELS,
        AttributeValue.fromL(task.labels().stream().map(AttributeValue::fromS).toList()));
    Map<String, AttributeValue> metadata = new HashMap<>();
    task.metadata().forEach((name, value) -> metadata.put(name, text(value)));
    item.put(TaskAttribute.METADATA, AttributeValue.fromM(metadata));
    item.put(TaskAttribute.CREATED_AT, text(IsoMillis.format(task.createdAt())));
    item.put(TaskAttribute.UPDATED_AT, text(IsoMillis.format(task.updatedAt())));
    item.put(TaskAttribute.VERSION, AttributeValue.fromN(Long.toString(task.version())));
    if (task.dueDate() != null) {
      item.put(TaskAttribute.DUE_DATE, text(task.dueDate().toString()));
    }
    if (task.dueAt() != null) {
      item.put(TaskAttribute.DUE_AT, text(IsoMillis.format(task.dueAt())));
    }
    if (task.deadline() != null) {
      item.put(TaskAttribute.DUE_KEY, text(IsoMillis.format(task.deadline())));
    }
    if (task.timeZone() != null) {
      item.put(TaskAttribute.TIME_ZONE, text(task.timeZone()));
    }
    if (task.estimateMinutes() != null) {
      item.put(
          TaskAttribute.ESTIMATE_MINUTES, AttributeValue.fromN(task.estimateMinutes().toString()));
    }
    if (task.parentId() != null) {
      item.put(TaskAttribute.PARENT_ID, text(task.parentId()));
    }
    if (task.completedAt() != null) {
      item.put(TaskAttribute.COMPLETED_AT, text(IsoMillis.format(task.completedAt())));
    }
    return item;
  }

  static Map<String, AttributeValue> key(String userId, String taskId) {
    return Map.of(TaskAttribute.USER_ID, text(userId), TaskAttribute.TASK_ID, text(taskId));
  }

  /**
   * Reads an item.
   *
   * @throws UnreadableItemException when an attribute is missing or has an impossible value
   */
  static Task read(Map<String, AttributeValue> item) {
    return Task.builder()
        .taskId(required(item, TaskAttribute.TASK_ID, TaskItem::text))
        .userId(required(item, TaskAttribute.USER_ID, TaskItem::text))
        .title(required(item, TaskAttribute.TITLE, TaskItem::text))
        .description(required(item, TaskAttribute.DESCRIPTION, TaskItem::text))
        .status(
            required(
                item,
                TaskAttribute.STATUS,
                value -> TaskStatus.fromWire(text(value)).orElseThrow()))
        .priority(
            required(
                item,
                TaskAttribute.PRIORITY,
                value -> TaskPriority.fromWire(text(value)).orElseThrow()))
        .labels(required(item, TaskAttribute.LABELS, TaskItem::texts))
        .dueDate(optional(item, TaskAttribute.DUE_DATE, value -> LocalDate.parse(text(value))))
        .dueAt(optional(item, TaskAttribute.DUE_AT, value -> IsoMillis.parse(text(value))))
        .timeZone(optional(item, TaskAttribute.TIME_ZONE, TaskItem::text))
        .estimateMinutes(
            optional(item, TaskAttribute.ESTIMATE_MINUTES, value -> Integer.valueOf(value.n())))
        .parentId(optional(item, TaskAttribute.PARENT_ID, TaskItem::text))
        .metadata(required(item, TaskAttribute.METADATA, TaskItem::pairs))
        .createdAt(required(item, TaskAttribute.CREATED_AT, value -> IsoMillis.parse(text(value))))
        .updatedAt(required(item, TaskAttribute.UPDATED_AT, value -> IsoMillis.parse(text(value))))
        .completedAt(
            optional(item, TaskAttribute.COMPLETED_AT, value -> IsoMillis.parse(text(value))))
        .version(required(item, TaskAttribute.VERSION, value -> Long.valueOf(value.n())))
        .build();
  }

  private static <T> T required(
      Map<String, AttributeValue> item, String name, Function<AttributeValue, T> reader) {
    T value = optional(item, name, reader);
    if (value == null) {
      throw new UnreadableItemException(name + " is missing");
    }
    return value;
  }

  private static <T> T optional(
      Map<String, AttributeValue> item, String name, Function<AttributeValue, T> reader) {
    AttributeValue value = item.get(name);
    try {
      return value == null ? null : reader.apply(value);
    } catch (RuntimeException e) {
      // Not kept as the cause: its message can quote what the user wrote.
      throw new UnreadableItemException(name + " has a value of another form");
    }
  }

  private static String text(AttributeValue value) {
    return Optional.ofNullable(value.s()).orElseThrow();
  }

  private static List<String> texts(AttributeValue value) {
    if (!value.hasL()) {
      throw new IllegalArgumentException("not a list");
    }
    return value.l().stream().map(TaskItem::text).toList();
  }

  private static Map<String, String> pairs(AttributeValue value) {
    if (!value.hasM()) {
      throw new IllegalArgumentException("not a map");
    }
    Map<String, String> pairs = new HashMap<>();
    value.m().forEach((name, text) -> pairs.put(name, text(text)));
    return pairs;
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }
}
