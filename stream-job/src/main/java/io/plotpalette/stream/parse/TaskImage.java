package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskLimits;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One image of a task item in DynamoDB's JSON, read against the contract. Reading and judging are
 * apart, because the rule that is broken first must not depend on the order of the attributes.
 */
final class TaskImage {
  private static final Map<String, Integer> SLOTS = slots();

  /** What a reason calls the type of something that is no attribute value. */
  private static final String NO_TYPE = "none";

  // By slot: the type tag, null if the attribute is absent; and what stands under it, if the tag is
  // one a task has: a text, a list of labels, or a map of metadata.
  private final String[] tags = new String[SLOTS.size()];
  private final Object[] values = new Object[SLOTS.size()];
  private final boolean[] seen = new boolean[SLOTS.size()];

  /** An attribute that is there more than once, or null. */
  private String twice;

  /** Labels or pairs of metadata, also those beyond what is kept. */
  private int labelCount;

  private int pairCount;

  /** Type tag of the first label, or value of metadata, that is no text. */
  private String wrongElement;

  private TaskImage() {}

  /**
   * Reads an image; the parser stands at its opening brace, and then at its closing one.
   *
   * @param previous whether only what is asked of an old image is of interest
   */
  static TaskImage read(JsonParser json, boolean previous) throws IOException {
    TaskImage image = new TaskImage();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      Integer slot = SLOTS.get(name);
      json.nextToken();
      if (slot == null || (previous && !isAskedOfOldImages(name))) {
        json.skipChildren();
        continue;
      }
      if (image.seen[slot]) {
        image.twice = name;
        json.skipChildren();
        continue;
      }
      image.seen[slot] = true;
      image.readAttribute(json, slot, name);
    }
    return image;
  }

  /** An attribute that is there more than once, which no item can have; else null. */
  String twice() {
    return twice;
  }

  private static boolean isAskedOfOldImages(String name) {
    return name.equals(TaskAttribute.STATUS) || name.equals(TaskAttribute.VERSION);
  }

  private void readAttribute(JsonParser json, int slot, String name) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (json.currentToken() != JsonToken.START_OBJECT) {
      tags[slot] = NO_TYPE;
      json.skipChildren();
      return;
    }
    if (json.nextToken() == JsonToken.END_OBJECT) {
      tags[slot] = NO_TYPE;
      return;
    }
    String tag = json.currentName();
    JsonToken token = json.nextToken();
    tags[slot] = tag;
    if (tag.equals("NULL") && token == JsonToken.VALUE_TRUE) {
      tags[slot] = null;
    } else if (token == JsonToken.VALUE_STRING && (tag.equals("S") || tag.equals("N"))) {
      values[slot] = json.getText();
    } else if (token == JsonToken.START_ARRAY
        && tag.equals("L")
        && name.equals(TaskAttribute.LABELS)) {
      values[slot] = readLabels(json);
    } else if (token == JsonToken.START_OBJECT
        && tag.equals("M")
        && name.equals(TaskAttribute.METADATA)) {
      values[slot] = readMetadata(json);
    } else {
      json.skipChildren();
    }
    if (json.nextToken() != JsonToken.END_OBJECT) {
      // An attribute value has one type.
      tags[slot] = NO_TYPE;
      values[slot] = null;
      do {
        json.nextToken();
        json.skipChildren();
      } while (json.nextToken() != JsonToken.END_OBJECT);
    }
  }

  private List<String> readLabels(JsonParser json) throws IOException {
    List<String> labels = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      String label = readElement(json);
      if (++labelCount <= TaskLimits.LABELS_MAX && label != null) {
        labels.add(label);
      }
    }
    return labels;
  }

  private Map<String, String> readMetadata(JsonParser json) throws IOException {
    Map<String, String> pairs = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      String value = readElement(json);
      if (++pairCount <= TaskLimits.METADATA_MAX_PAIRS && value != null) {
        pairs.put(key, value);
      }
    }
    return pairs;
  }

  /** The text of a label or of a value of metadata; null, and noted, if it is none. */
  private String readElement(JsonParser json) throws IOException {
    String tag = NO_TYPE;
    String text = null;
    if (json.currentToken() == JsonToken.START_OBJECT) {
      if (json.nextToken() == JsonToken.FIELD_NAME) {
        tag = json.currentName();
        if (json.nextToken() == JsonToken.VALUE_STRING && tag.equals("S")) {
          text = json.getText();
        } else {
          json.skipChildren();
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
          tag = NO_TYPE;
          text = null;
          json.nextToken();
          json.skipChildren();
        }
      }
    } else {
      json.skipChildren();
    }
    if (text == null && wrongElement == null) {
      wrongElement = tag;
    }
    return text;
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
    requirePresent(TaskAttribute.VERSION);
    long version = wholeNumber(TaskAttribute.VERSION);
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

  // The tag fixes the class of the value.
  @SuppressWarnings("unchecked")
  private List<String> labels() throws BrokenRuleException {
    if (isAbsent(TaskAttribute.LABELS)) {
      return List.of();
    }
    Object labels = typed(TaskAttribute.LABELS, "L");
    requireAtMost(TaskAttribute.LABELS, labelCount, TaskLimits.LABELS_MAX, "labels");
    requireTexts(TaskAttribute.LABELS);
    return (List<String>) labels;
  }

  @SuppressWarnings("unchecked")
  private Map<String, String> metadata() throws BrokenRuleException {
    if (isAbsent(TaskAttribute.METADATA)) {
      return Map.of();
    }
    Object metadata = typed(TaskAttribute.METADATA, "M");
    requireAtMost(TaskAttribute.METADATA, pairCount, TaskLimits.METADATA_MAX_PAIRS, "pairs");
    requireTexts(TaskAttribute.METADATA);
    return (Map<String, String>) metadata;
  }

  private void requireTexts(String name) throws BrokenRuleException {
    if (wrongElement != null) {
      throw type(name, "S", wrongElement);
    }
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
    if (isAbsent(TaskAttribute.ESTIMATE_MINUTES)) {
      return null;
    }
    long minutes = wholeNumber(TaskAttribute.ESTIMATE_MINUTES);
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
    return isAbsent(name) ? null : instant(name);
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
    return isAbsent(name) ? Optional.empty() : Optional.of(typedText(name));
  }

  private String text(String name) throws BrokenRuleException {
    requirePresent(name);
    return typedText(name);
  }

  private void requirePresent(String name) throws BrokenRuleException {
    if (isAbsent(name)) {
      throw new BrokenRuleException(QualityRule.REQUIRED_FIELD, name + " is missing");
    }
  }

  private boolean isAbsent(String name) {
    return tags[SLOTS.get(name)] == null;
  }

  private String typedText(String name) throws BrokenRuleException {
    return (String) typed(name, "S");
  }

  private long wholeNumber(String name) throws BrokenRuleException {
    String text = (String) typed(name, "N");
    try {
      if (text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      // As any other text that is no number.
    }
    throw value(name, "is not a whole number: " + quote(text));
  }

  /** The value of an attribute that is there. */
  private Object typed(String name, String tag) throws BrokenRuleException {
    int slot = SLOTS.get(name);
    if (!tag.equals(tags[slot]) || values[slot] == null) {
      throw type(name, tag, tags[slot]);
    }
    return values[slot];
  }

  private static BrokenRuleException type(String name, String tag, String found) {
    return new BrokenRuleException(
        QualityRule.FIELD_TYPE, "%s must have type %s, has %s".formatted(name, tag, quote(found)));
  }

  private static BrokenRuleException value(String name, String problem) {
    return new BrokenRuleException(QualityRule.FIELD_VALUE, name + " " + problem);
  }

  /** A foreign text short enough for a reason. */
  static String quote(String text) {
    int max = 60;
    if (text.codePointCount(0, text.length()) <= max) {
      return "'" + text + "'";
    }
    return "'" + text.substring(0, text.offsetByCodePoints(0, max)) + "…'";
  }

  private static Map<String, Integer> slots() {
    Map<String, Integer> slots = new HashMap<>();
    for (String name :
        List.of(
            TaskAttribute.TASK_ID,
            TaskAttribute.USER_ID,
            TaskAttribute.TITLE,
            TaskAttribute.DESCRIPTION,
            TaskAttribute.STATUS,
            TaskAttribute.PRIORITY,
            TaskAttribute.LABELS,
            TaskAttribute.DUE_DATE,
            TaskAttribute.DUE_AT,
            TaskAttribute.TIME_ZONE,
            TaskAttribute.ESTIMATE_MINUTES,
            TaskAttribute.PARENT_ID,
            TaskAttribute.METADATA,
            TaskAttribute.CREATED_AT,
            TaskAttribute.UPDATED_AT,
            TaskAttribute.COMPLETED_AT,
            TaskAttribute.VERSION)) {
      slots.put(name, slots.size());
    }
    return slots;
  }
}
