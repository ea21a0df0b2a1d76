package io.plotpalette.stream.parse;

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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One image of a task item in DynamoDB's JSON, read against the contract. Reading and judging are
 * apart, because the rule that is broken first must not depend on the order of the attributes.
 */
// Arrays by ordinal, which never leave an image: every record has two of them.
@SuppressWarnings("EnumOrdinal")
final class TaskImage {
  /** What a reason calls the type of something that is no attribute value. */
  private static final String NO_TYPE = "none";

  /** What is read of an image, in the order in which it is judged. */
  private enum Slot {
    TASK_ID(TaskAttribute.TASK_ID),
    USER_ID(TaskAttribute.USER_ID),
    TITLE(TaskAttribute.TITLE),
    DESCRIPTION(TaskAttribute.DESCRIPTION),
    STATUS(TaskAttribute.STATUS),
    PRIORITY(TaskAttribute.PRIORITY),
    LABELS(TaskAttribute.LABELS),
    DUE_DATE(TaskAttribute.DUE_DATE),
    DUE_AT(TaskAttribute.DUE_AT),
    TIME_ZONE(TaskAttribute.TIME_ZONE),
    ESTIMATE_MINUTES(TaskAttribute.ESTIMATE_MINUTES),
    PARENT_ID(TaskAttribute.PARENT_ID),
    METADATA(TaskAttribute.METADATA),
    CREATED_AT(TaskAttribute.CREATED_AT),
    UPDATED_AT(TaskAttribute.UPDATED_AT),
    COMPLETED_AT(TaskAttribute.COMPLETED_AT),
    VERSION(TaskAttribute.VERSION);

    private static final Map<String, Slot> BY_ATTRIBUTE =
        Arrays.stream(values()).collect(Collectors.toMap(slot -> slot.attribute, slot -> slot));
    private static final int COUNT = values().length;

    private final String attribute;

    Slot(String attribute) {
      this.attribute = attribute;
    }

    /** Whether it is of interest in the image before a change. */
    private boolean isAskedOfOldImages() {
      return this == STATUS || this == VERSION;
    }

    /** As reasons name it. */
    @Override
    public String toString() {
      return attribute;
    }
  }

  // By slot: the type tag, null if the attribute is absent; and what stands under it, if the tag is
  // one a task has: a text, a list of labels, or a map of metadata.
  private final String[] tags = new String[Slot.COUNT];
  private final Object[] values = new Object[Slot.COUNT];
  private final boolean[] seen = new boolean[Slot.COUNT];

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
  static TaskImage read(RecordTokens json, boolean previous) throws IOException {
    TaskImage image = new TaskImage();
    while (json.next() == JsonToken.FIELD_NAME) {
      String name = json.name();
      Slot slot = Slot.BY_ATTRIBUTE.get(name);
      json.next();
      if (slot == null || (previous && !slot.isAskedOfOldImages())) {
        json.skipChildren();
        continue;
      }
      if (image.seen[slot.ordinal()]) {
        image.twice = name;
        json.skipChildren();
        continue;
      }
      image.seen[slot.ordinal()] = true;
      image.readAttribute(json, slot);
    }
    return image;
  }

  /** An attribute that is there more than once, which no item can have; else null. */
  String twice() {
    return twice;
  }

  private void readAttribute(RecordTokens json, Slot read) throws IOException {
    int slot = read.ordinal();
    if (json.current() == JsonToken.VALUE_NULL) {
      return;
    }
    if (json.current() != JsonToken.START_OBJECT) {
      tags[slot] = NO_TYPE;
      json.skipChildren();
      return;
    }
    if (json.next() == JsonToken.END_OBJECT) {
      tags[slot] = NO_TYPE;
      return;
    }
    String tag = json.name();
    JsonToken token = json.next();
    tags[slot] = tag;
    if (tag.equals("NULL") && token == JsonToken.VALUE_TRUE) {
      tags[slot] = null;
    } else if (token == JsonToken.VALUE_STRING && (tag.equals("S") || tag.equals("N"))) {
      values[slot] = json.text();
    } else if (token == JsonToken.START_ARRAY && tag.equals("L") && read == Slot.LABELS) {
      values[slot] = readLabels(json);
    } else if (token == JsonToken.START_OBJECT && tag.equals("M") && read == Slot.METADATA) {
      values[slot] = readMetadata(json);
    } else {
      json.skipChildren();
    }
    if (json.next() != JsonToken.END_OBJECT) {
      // An attribute value has one type.
      tags[slot] = NO_TYPE;
      values[slot] = null;
      do {
        json.next();
        json.skipChildren();
      } while (json.next() != JsonToken.END_OBJECT);
    }
  }

  private List<String> readLabels(RecordTokens json) throws IOException {
    List<String> labels = new ArrayList<>();
    while (json.next() != JsonToken.END_ARRAY) {
      String label = readElement(json);
      if (++labelCount <= TaskLimits.LABELS_MAX && label != null) {
        labels.add(label);
      }
    }
    return labels;
  }

  private Map<String, String> readMetadata(RecordTokens json) throws IOException {
    Map<String, String> pairs = new LinkedHashMap<>();
    while (json.next() == JsonToken.FIELD_NAME) {
      String key = json.name();
      json.next();
      String value = readElement(json);
      if (++pairCount <= TaskLimits.METADATA_MAX_PAIRS && value != null) {
        pairs.put(key, value);
      }
    }
    return pairs;
  }

  /** The text of a label or of a value of metadata; null, and noted, if it is none. */
  private String readElement(RecordTokens json) throws IOException {
    String tag = NO_TYPE;
    String text = null;
    if (json.current() == JsonToken.START_OBJECT) {
      if (json.next() == JsonToken.FIELD_NAME) {
        tag = json.name();
        if (json.next() == JsonToken.VALUE_STRING && tag.equals("S")) {
          text = json.text();
        } else {
          json.skipChildren();
        }
        while (json.next() != JsonToken.END_OBJECT) {
          tag = NO_TYPE;
          text = null;
          json.next();
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
            .taskId(nonEmpty(Slot.TASK_ID))
            .userId(nonEmpty(Slot.USER_ID))
            .title(sized(Slot.TITLE, 1, TaskLimits.TITLE_MAX_CHARACTERS))
            .description(sized(Slot.DESCRIPTION, 0, TaskLimits.DESCRIPTION_MAX_CHARACTERS))
            .status(status())
            .priority(priority())
            .labels(labels())
            .dueDate(date(Slot.DUE_DATE))
            .dueAt(dueAt())
            .timeZone(timeZone())
            .estimateMinutes(estimate())
            .parentId(optionalText(Slot.PARENT_ID).orElse(null))
            .metadata(metadata())
            .createdAt(instant(Slot.CREATED_AT))
            .updatedAt(instant(Slot.UPDATED_AT))
            .completedAt(optionalInstant(Slot.COMPLETED_AT))
            .version(version())
            .build();
    requireConsistent(task);
    return task;
  }

  TaskStatus status() throws BrokenRuleException {
    String text = text(Slot.STATUS);
    return TaskStatus.fromWire(text)
        .orElseThrow(() -> value(Slot.STATUS, "is not a status: " + quote(text)));
  }

  long version() throws BrokenRuleException {
    requirePresent(Slot.VERSION);
    long version = wholeNumber(Slot.VERSION);
    if (version < 1) {
      throw value(Slot.VERSION, "must be at least 1, is " + version);
    }
    return version;
  }

  private static void requireConsistent(Task task) throws BrokenRuleException {
    if (task.dueDate() != null && task.dueAt() != null) {
      throw value(Slot.DUE_AT, "excludes due_date");
    }
    boolean done = task.status() == TaskStatus.DONE;
    if (done != (task.completedAt() != null)) {
      throw value(
          Slot.COMPLETED_AT,
          done ? "is missing on a task that is done" : "is set on a task that is not done");
    }
    requireOrder(Slot.CREATED_AT, task.createdAt(), Slot.UPDATED_AT, task.updatedAt());
    if (done) {
      requireOrder(Slot.CREATED_AT, task.createdAt(), Slot.COMPLETED_AT, task.completedAt());
      requireOrder(Slot.COMPLETED_AT, task.completedAt(), Slot.UPDATED_AT, task.updatedAt());
    }
  }

  private static void requireOrder(Slot earlier, Instant first, Slot later, Instant second)
      throws BrokenRuleException {
    if (first.isAfter(second)) {
      throw new BrokenRuleException(
          QualityRule.TIME_ORDER,
          "%s (%s) is after %s (%s)"
              .formatted(earlier, IsoMillis.format(first), later, IsoMillis.format(second)));
    }
  }

  private TaskPriority priority() throws BrokenRuleException {
    String text = text(Slot.PRIORITY);
    return TaskPriority.fromWire(text)
        .orElseThrow(() -> value(Slot.PRIORITY, "is not a priority: " + quote(text)));
  }

  // The tag fixes the class of the value.
  @SuppressWarnings("unchecked")
  private List<String> labels() throws BrokenRuleException {
    if (isAbsent(Slot.LABELS)) {
      return List.of();
    }
    Object labels = typed(Slot.LABELS, "L");
    requireAtMost(Slot.LABELS, labelCount, TaskLimits.LABELS_MAX, "labels");
    requireTexts(Slot.LABELS);
    return (List<String>) labels;
  }

  @SuppressWarnings("unchecked")
  private Map<String, String> metadata() throws BrokenRuleException {
    if (isAbsent(Slot.METADATA)) {
      return Map.of();
    }
    Object metadata = typed(Slot.METADATA, "M");
    requireAtMost(Slot.METADATA, pairCount, TaskLimits.METADATA_MAX_PAIRS, "pairs");
    requireTexts(Slot.METADATA);
    return (Map<String, String>) metadata;
  }

  private void requireTexts(Slot slot) throws BrokenRuleException {
    if (wrongElement != null) {
      throw type(slot, "S", wrongElement);
    }
  }

  private String timeZone() throws BrokenRuleException {
    Optional<String> zone = optionalText(Slot.TIME_ZONE);
    if (zone.isEmpty()) {
      return null;
    }
    try {
      return ZoneId.of(zone.get()).getId();
    } catch (DateTimeException e) {
      throw value(Slot.TIME_ZONE, "is not a time zone: " + quote(zone.get()));
    }
  }

  private Integer estimate() throws BrokenRuleException {
    if (isAbsent(Slot.ESTIMATE_MINUTES)) {
      return null;
    }
    long minutes = wholeNumber(Slot.ESTIMATE_MINUTES);
    if (minutes < 0 || minutes > Integer.MAX_VALUE) {
      throw value(Slot.ESTIMATE_MINUTES, "is out of range: " + minutes);
    }
    return (int) minutes;
  }

  private LocalDate date(Slot slot) throws BrokenRuleException {
    Optional<String> text = optionalText(slot);
    if (text.isEmpty()) {
      return null;
    }
    LocalDate date;
    try {
      date = LocalDate.parse(text.get());
    } catch (DateTimeException e) {
      throw value(slot, "is not a date (YYYY-MM-DD): " + quote(text.get()));
    }
    requireBetween(slot, date, TaskLimits.FIRST_DUE_DATE, TaskLimits.LAST_DUE_DATE);
    return date;
  }

  private Instant dueAt() throws BrokenRuleException {
    Instant dueAt = optionalInstant(Slot.DUE_AT);
    if (dueAt != null) {
      requireBetween(Slot.DUE_AT, dueAt, TaskLimits.FIRST_DUE_AT, TaskLimits.LAST_DUE_AT);
    }
    return dueAt;
  }

  /** Beyond its bounds a deadline, a Parquet column or a reader's timestamp overflows. */
  private static <T extends Comparable<? super T>> void requireBetween(
      Slot slot, T value, T first, T last) throws BrokenRuleException {
    if (value.compareTo(first) < 0 || value.compareTo(last) > 0) {
      throw value(slot, "is outside %s to %s: %s".formatted(first, last, value));
    }
  }

  private Instant optionalInstant(Slot slot) throws BrokenRuleException {
    return isAbsent(slot) ? null : instant(slot);
  }

  private Instant instant(Slot slot) throws BrokenRuleException {
    String text = text(slot);
    try {
      return IsoMillis.parse(text);
    } catch (DateTimeException e) {
      throw value(slot, "is not a UTC time with milliseconds: " + quote(text));
    }
  }

  private String nonEmpty(Slot slot) throws BrokenRuleException {
    String text = text(slot);
    if (text.isEmpty()) {
      throw value(slot, "is empty");
    }
    return text;
  }

  private String sized(Slot slot, int min, int max) throws BrokenRuleException {
    String text = text(slot);
    int length = text.codePointCount(0, text.length());
    if (length < min) {
      throw new BrokenRuleException(QualityRule.FIELD_SIZE, slot + " is empty");
    }
    requireAtMost(slot, length, max, "characters");
    return text;
  }

  private static void requireAtMost(Slot slot, int size, int max, String unit)
      throws BrokenRuleException {
    if (size > max) {
      throw new BrokenRuleException(
          QualityRule.FIELD_SIZE, "%s has %d %s, at most %d".formatted(slot, size, unit, max));
    }
  }

  private Optional<String> optionalText(Slot slot) throws BrokenRuleException {
    return isAbsent(slot) ? Optional.empty() : Optional.of(typedText(slot));
  }

  private String text(Slot slot) throws BrokenRuleException {
    requirePresent(slot);
    return typedText(slot);
  }

  private void requirePresent(Slot slot) throws BrokenRuleException {
    if (isAbsent(slot)) {
      throw new BrokenRuleException(QualityRule.REQUIRED_FIELD, slot + " is missing");
    }
  }

  private boolean isAbsent(Slot slot) {
    return tags[slot.ordinal()] == null;
  }

  private String typedText(Slot slot) throws BrokenRuleException {
    return (String) typed(slot, "S");
  }

  private long wholeNumber(Slot slot) throws BrokenRuleException {
    String text = (String) typed(slot, "N");
    try {
      if (isDigits(text)) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      // As any other text that is no number.
    }
    throw value(slot, "is not a whole number: " + quote(text));
  }

  /** Java would also take a plus, and digits of other scripts. */
  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '-' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  /** The value of an attribute that is there. */
  private Object typed(Slot slot, String tag) throws BrokenRuleException {
    String found = tags[slot.ordinal()];
    Object value = values[slot.ordinal()];
    if (value == null || !tag.equals(found)) {
      throw type(slot, tag, found);
    }
    return value;
  }

  private static BrokenRuleException type(Slot slot, String tag, String found) {
    return new BrokenRuleException(
        QualityRule.FIELD_TYPE, "%s must have type %s, has %s".formatted(slot, tag, quote(found)));
  }

  private static BrokenRuleException value(Slot slot, String problem) {
    return new BrokenRuleException(QualityRule.FIELD_VALUE, slot + " " + problem);
  }

  /** A foreign text short enough for a reason. */
  static String quote(String text) {
    int max = 60;
    if (text.codePointCount(0, text.length()) <= max) {
      return "'" + text + "'";
    }
    return "'" + text.substring(0, text.offsetByCodePoints(0, max)) + "…'";
  }
}
