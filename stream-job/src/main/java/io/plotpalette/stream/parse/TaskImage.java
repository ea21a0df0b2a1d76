package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskLimits;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/**
 * One image of a task item in DynamoDB's JSON, read against the contract. Reading and judging are
 * apart, because the rule that is broken first must not depend on the order of the attributes.
 */
// Arrays by ordinal, which never leave an image: every record has two of them.
@SuppressWarnings("EnumOrdinal")
final class TaskImage {
  /** What a reason calls the type of something that is no attribute value. */
  private static final String NO_TYPE = "none";

  private static final TaskStatus[] STATUSES = TaskStatus.values();
  private static final byte[][] STATUS_NAMES =
      Arrays.stream(STATUSES).map(status -> ascii(status.wireName())).toArray(byte[][]::new);
  private static final TaskPriority[] PRIORITIES = TaskPriority.values();
  private static final byte[][] PRIORITY_NAMES =
      Arrays.stream(PRIORITIES).map(priority -> ascii(priority.wireName())).toArray(byte[][]::new);

  private static final byte[] DATE_FORM = ascii("0000-00-00");

  /** Of a number that fits in any case. */
  private static final int MAX_DIGITS = 18;

  // By slot: the type tag, null if the attribute is absent; and what stands under it, if the tag is
  // one a task has: a text, a list of labels, or a map of metadata. A text that is plain stays a
  // slice of the record until it is asked for, since times, numbers and names of a few never are.
  private final String[] tags = new String[Slot.COUNT];
  private final Object[] values = new Object[Slot.COUNT];
  private final int[] starts = new int[Slot.COUNT];
  private final int[] ends = new int[Slot.COUNT];
  private byte[] record;

  /** A bit for each slot that the image had; of others, the arrays have what was before. */
  private int seen;

  /** An attribute that is there more than once, or null. */
  private String twice;

  /** Labels or pairs of metadata, also those beyond what is kept. */
  private int labelCount;

  private int pairCount;

  /** Type tag of the first label, or value of metadata, that is no text. */
  private String wrongElement;

  /**
   * Reads an image; the parser stands at its opening brace, and then at its closing one. What was
   * read before is forgotten: every record has two images, so they are used again.
   *
   * @param previous whether only what is asked of an old image is of interest
   */
  void read(RecordTokens json, boolean previous) throws IOException {
    seen = 0;
    twice = null;
    labelCount = 0;
    pairCount = 0;
    wrongElement = null;
    while (true) {
      String tag = json.textAttribute();
      if (tag == null) {
        if (json.next() != JsonToken.FIELD_NAME) {
          return;
        }
        json.next();
      }
      Slot slot = json.slot();
      boolean isAsked = slot != null && (!previous || slot.isAskedOfOldImages());
      if (isAsked && isSeen(slot)) {
        twice = slot.toString();
        isAsked = false;
      }
      if (isAsked) {
        readAttribute(json, slot, tag);
      } else {
        json.skipChildren();
      }
    }
  }

  private boolean isSeen(Slot slot) {
    return (seen & 1 << slot.ordinal()) != 0;
  }

  /** An attribute that is there more than once, which no item can have; else null. */
  String twice() {
    return twice;
  }

  /**
   * Reads what stands under a name.
   *
   * @param textTag the type of a text that was read with the name, else null
   */
  private void readAttribute(RecordTokens json, Slot read, String textTag) throws IOException {
    int slot = read.ordinal();
    seen |= 1 << slot;
    tags[slot] = textTag;
    values[slot] = null;
    ends[slot] = 0;
    if (textTag != null) {
      record = json.textBytes();
      starts[slot] = json.textStart();
      ends[slot] = json.textEnd();
      return;
    }
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
    int known = indexIn(STATUS_NAMES, Slot.STATUS);
    if (known >= 0) {
      return STATUSES[known];
    }
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
    int known = indexIn(PRIORITY_NAMES, Slot.PRIORITY);
    if (known >= 0) {
      return PRIORITIES[known];
    }
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
    if (isAbsent(slot)) {
      return null;
    }
    LocalDate date;
    try {
      date = hasFormOfDate(slot) ? plainDate(starts[slot.ordinal()]) : LocalDate.parse(text(slot));
    } catch (DateTimeException e) {
      throw value(slot, "is not a date (YYYY-MM-DD): " + quote(text(slot)));
    }
    requireBetween(slot, date, TaskLimits.FIRST_DUE_DATE, TaskLimits.LAST_DUE_DATE);
    return date;
  }

  /** Whether the value is a slice of four, two and two digits. */
  private boolean hasFormOfDate(Slot slot) {
    int start = starts[slot.ordinal()];
    if (!isSlice(slot, "S") || ends[slot.ordinal()] - start != DATE_FORM.length) {
      return false;
    }
    for (int i = 0; i < DATE_FORM.length; i++) {
      byte b = record[start + i];
      if (DATE_FORM[i] == '-' ? b != '-' : b < '0' || b > '9') {
        return false;
      }
    }
    return true;
  }

  /** By hand, as {@link IsoMillis} and for its reason. */
  private LocalDate plainDate(int start) {
    return LocalDate.of(
        digits(start, start + 4), digits(start + 5, start + 7), digits(start + 8, start + 10));
  }

  private int digits(int start, int end) {
    int number = 0;
    for (int i = start; i < end; i++) {
      number = 10 * number + (record[i] - '0');
    }
    return number;
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
    try {
      return isSlice(slot, "S")
          ? IsoMillis.parse(record, starts[slot.ordinal()], ends[slot.ordinal()])
          : IsoMillis.parse(text(slot));
    } catch (DateTimeException e) {
      throw value(slot, "is not a UTC time with milliseconds: " + quote(text(slot)));
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
    return !isSeen(slot) || tags[slot.ordinal()] == null;
  }

  private String typedText(Slot slot) throws BrokenRuleException {
    return (String) typed(slot, "S");
  }

  private long wholeNumber(Slot slot) throws BrokenRuleException {
    long digits = digits(slot);
    if (digits >= 0) {
      return digits;
    }
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
    if (value == null && ends[slot.ordinal()] > 0) {
      int start = starts[slot.ordinal()];
      value = new String(record, start, ends[slot.ordinal()] - start, StandardCharsets.UTF_8);
    }
    if (value == null || !tag.equals(found)) {
      throw type(slot, tag, found);
    }
    return value;
  }

  /** Whether the value is a text that was not asked for, of this type. */
  private boolean isSlice(Slot slot, String tag) {
    return isSeen(slot) && ends[slot.ordinal()] > 0 && tag.equals(tags[slot.ordinal()]);
  }

  /** Which of the names a slice is; -1 if it is none, or the value no slice. */
  private int indexIn(byte[][] names, Slot slot) {
    if (isSlice(slot, "S")) {
      int start = starts[slot.ordinal()];
      int end = ends[slot.ordinal()];
      for (int i = 0; i < names.length; i++) {
        if (Arrays.equals(record, start, end, names[i], 0, names[i].length)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** The number a slice is; -1 if it is more than some digits, or the value no slice. */
  private long digits(Slot slot) {
    int start = starts[slot.ordinal()];
    int end = ends[slot.ordinal()];
    if (!isSlice(slot, "N") || end == start || end - start > MAX_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = start; i < end; i++) {
      if (record[i] < '0' || record[i] > '9') {
        return -1;
      }
      number = 10 * number + (record[i] - '0');
    }
    return number;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
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
