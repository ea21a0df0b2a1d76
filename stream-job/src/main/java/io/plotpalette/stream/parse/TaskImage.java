package io.plotpalette.stream.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskLimits;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One image of a task item in DynamoDB's JSON, read against the contract. */
final class TaskImage {
  private final JsonNode item;

  TaskImage(JsonNode item) {
    this.item = item;
  }

  /** The whole task, or the first rule it breaks. */
  Task task() throws BrokenRuleException {
    Task task =
        Task.builder()
            .taskId(nonEmpty(TaskAttribute.TASK_ID))
            .userId(nonEmpty(TaskAttribute.USER_ID))
            .title(sized(TaskAttribute.TITLE, 1, TaskLimits.TITLE_MAX_CHARACTERS))
            .description(sized(TaskAttribute.DESCRIPTION, 0, TaskLimits.DESCRIPTION_MAX_CHARACTERS))
            .status(status())
            .priority(priority())
            .labels(labels())
            .dueDate(date(TaskAttribute.DUE_DATE))
            .dueAt(dueAt())
            .timeZone(timeZone())
            .estimateMinutes(estimate())
            .parentId(optionalText(TaskAttribute.PARENT_ID).orElse(null))
            .metadata(metadata())
            .createdAt(instant(TaskAttribute.CREATED_AT))
            .updatedAt(instant(TaskAttribute.UPDATED_AT))
            .completedAt(optionalInstant(TaskAttribute.COMPLETED_AT))
            .version(version())
            .build();
    requireConsistent(task);
    return task;
  }

  TaskStatus status() throws BrokenRuleException {
    String text = text(TaskAttribute.STATUS);
    return TaskStatus.fromWire(text)
        .orElseThrow(() -> value(TaskAttribute.STATUS, "is not a status: " + quote(text)));
  }

  long version() throws BrokenRuleException {
    long version = wholeNumber(TaskAttribute.VERSION, required(TaskAttribute.VERSION));
    if (version < 1) {
      throw value(TaskAttribute.VERSION, "must be at least 1, is " + version);
    }
    return version;
  }

  private static void requireConsistent(Task task) throws BrokenRuleException {
    if (task.dueDate() != null && task.dueAt() != null) {
      throw value(TaskAttribute.DUE_AT, "excludes due_date");
    }
    boolean done = task.status() == TaskStatus.DONE;
    if (done != (task.completedAt() != null)) {
      throw value(
          TaskAttribute.COMPLETED_AT,
          done ? "is missing on a task that is done" : "is set on a task that is not done");
    }
    requireOrder(
        TaskAttribute.CREATED_AT, task.createdAt(), TaskAttribute.UPDATED_AT, task.updatedAt());
    if (done) {
      requireOrder(
          TaskAttribute.CREATED_AT,
          task.createdAt(),
          TaskAttribute.COMPLETED_AT,
          task.completedAt());
      requireOrder(
          TaskAttribute.COMPLETED_AT,
          task.completedAt(),
          TaskAttribute.UPDATED_AT,
          task.updatedAt());
    }
  }

  private static void requireOrder(String earlier, Instant first, String later, Instant second)
      throws BrokenRuleException {
    if (first.isAfter(second)) {
      throw new BrokenRuleException(
          QualityRule.TIME_ORDER,
          "%s (%s) is after %s (%s)"
              .formatted(earlier, IsoMillis.format(first), later, IsoMillis.format(second)));
    }
  }

  private TaskPriority priority() throws BrokenRuleException {
    String text = text(TaskAttribute.PRIORITY);
    return TaskPriority.fromWire(text)
        .orElseThrow(() -> value(TaskAttribute.PRIORITY, "is not a priority: " + quote(text)));
  }

  private List<String> labels() throws BrokenRuleException {
    JsonNode labels = typed(TaskAttribute.LABELS, item.get(TaskAttribute.LABELS), "L");
    if (labels == null) {
      return List.of();
    }
    requireAtMost(TaskAttribute.LABELS, labels.size(), TaskLimits.LABELS_MAX, "labels");
    List<String> texts = new ArrayList<>(labels.size());
    for (JsonNode label : labels) {
      texts.add(textOf(TaskAttribute.LABELS, label));
    }
    return texts;
  }

  private Map<String, String> metadata() throws BrokenRuleException {
    JsonNode metadata = typed(TaskAttribute.METADATA, item.get(TaskAttribute.METADATA), "M");
    if (metadata == null) {
      return Map.of();
    }
    requireAtMost(TaskAttribute.METADATA, metadata.size(), TaskLimits.METADATA_MAX_PAIRS, "pairs");
    Map<String, String> pairs = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> pair : metadata.properties()) {
      pairs.put(pair.getKey(), textOf(TaskAttribute.METADATA, pair.getValue()));
    }
    return pairs;
  }

  private String timeZone() throws BrokenRuleException {
    Optional<String> zone = optionalText(TaskAttribute.TIME_ZONE);
    if (zone.isEmpty()) {
      return null;
    }
    try {
      return ZoneId.of(zone.get()).getId();
    } catch (DateTimeException e) {
      throw value(TaskAttribute.TIME_ZONE, "is not a time zone: " + quote(zone.get()));
    }
  }

  private Integer estimate() throws BrokenRuleException {
    JsonNode attribute = item.get(TaskAttribute.ESTIMATE_MINUTES);
    if (isAbsent(attribute)) {
      return null;
    }
    long minutes = wholeNumber(TaskAttribute.ESTIMATE_MINUTES, attribute);
    if (minutes < 0 || minutes > Integer.MAX_VALUE) {
      throw value(TaskAttribute.ESTIMATE_MINUTES, "is out of range: " + minutes);
    }
    return (int) minutes;
  }

  private LocalDate date(String name) throws BrokenRuleException {
    Optional<String> text = optionalText(name);
    if (text.isEmpty()) {
      return null;
    }
    LocalDate date;
    try {
      date = LocalDate.parse(text.get());
    } catch (DateTimeException e) {
      throw value(name, "is not a date (YYYY-MM-DD): " + quote(text.get()));
    }
    requireBetween(name, date, TaskLimits.FIRST_DUE_DATE, TaskLimits.LAST_DUE_DATE);
    return date;
  }

  private Instant dueAt() throws BrokenRuleException {
    Instant dueAt = optionalInstant(TaskAttribute.DUE_AT);
    if (dueAt != null) {
      requireBetween(TaskAttribute.DUE_AT, dueAt, TaskLimits.FIRST_DUE_AT, TaskLimits.LAST_DUE_AT);
    }
    return dueAt;
  }

  /** Beyond its bounds a deadline, a Parquet column or a reader's timestamp overflows. */
  private static <T extends Comparable<? super T>> void requireBetween(
      String name, T value, T first, T last) throws BrokenRuleException {
    if (value.compareTo(first) < 0 || value.compareTo(last) > 0) {
      throw value(name, "is outside %s to %s: %s".formatted(first, last, value));
    }
  }

  private Instant optionalInstant(String name) throws BrokenRuleException {
    return isAbsent(item.get(name)) ? null : instant(name);
  }

  private Instant instant(String name) throws BrokenRuleException {
    String text = text(name);
    try {
      return IsoMillis.parse(text);
    } catch (DateTimeException e) {
      throw value(name, "is not a UTC time with milliseconds: " + quote(text));
    }
  }

  private String nonEmpty(String name) throws BrokenRuleException {
    String text = text(name);
    if (text.isEmpty()) {
      throw value(name, "is empty");
    }
    return text;
  }

  private String sized(String name, int min, int max) throws BrokenRuleException {
    String text = text(name);
    int length = text.codePointCount(0, text.length());
    if (length < min) {
      throw new BrokenRuleException(QualityRule.FIELD_SIZE, name + " is empty");
    }
    requireAtMost(name, length, max, "characters");
    return text;
  }

  private static void requireAtMost(String name, int size, int max, String unit)
      throws BrokenRuleException {
    if (size > max) {
      throw new BrokenRuleException(
          QualityRule.FIELD_SIZE, "%s has %d %s, at most %d".formatted(name, size, unit, max));
    }
  }

  private Optional<String> optionalText(String name) throws BrokenRuleException {
    JsonNode attribute = item.get(name);
    return isAbsent(attribute) ? Optional.empty() : Optional.of(textOf(name, attribute));
  }

  private String text(String name) throws BrokenRuleException {
    return textOf(name, required(name));
  }

  private JsonNode required(String name) throws BrokenRuleException {
    JsonNode attribute = item.get(name);
    if (isAbsent(attribute)) {
      throw new BrokenRuleException(QualityRule.REQUIRED_FIELD, name + " is missing");
    }
    return attribute;
  }

  private static boolean isAbsent(JsonNode attribute) {
    return attribute == null || attribute.isNull() || attribute.path("NULL").asBoolean();
  }

  private static String textOf(String name, JsonNode attribute) throws BrokenRuleException {
    JsonNode value = typed(name, attribute, "S");
    if (value == null || !value.isTextual()) {
      throw type(name, "S", attribute);
    }
    return value.textValue();
  }

  private static long wholeNumber(String name, JsonNode attribute) throws BrokenRuleException {
    JsonNode value = typed(name, attribute, "N");
    try {
      return Long.parseLong(value == null ? "" : value.asText());
    } catch (NumberFormatException e) {
      throw value(name, "is not a whole number: " + quote(String.valueOf(value)));
    }
  }

  /** The value under DynamoDB's type tag, or null if the attribute is absent. */
  private static JsonNode typed(String name, JsonNode attribute, String tag)
      throws BrokenRuleException {
    if (isAbsent(attribute)) {
      return null;
    }
    JsonNode value = attribute.get(tag);
    if (value == null) {
      throw type(name, tag, attribute);
    }
    return value;
  }

  private static BrokenRuleException type(String name, String tag, JsonNode attribute) {
    String found =
        attribute.isObject() && attribute.size() == 1 ? attribute.fieldNames().next() : "none";
    return new BrokenRuleException(
        QualityRule.FIELD_TYPE, "%s must have type %s, has %s".formatted(name, tag, quote(found)));
  }

  private static BrokenRuleException value(String name, String problem) {
    return new BrokenRuleException(QualityRule.FIELD_VALUE, name + " " + problem);
  }

  /** A foreign text short enough for a reason. */
  private static String quote(String text) {
    int max = 60;
    if (text.codePointCount(0, text.length()) <= max) {
      return "'" + text + "'";
    }
    return "'" + text.substring(0, text.offsetByCodePoints(0, max)) + "…'";
  }
}
