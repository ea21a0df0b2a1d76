package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.Cursor;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which of a user's tasks a list shows, and in which order.
 *
 * @param equal by attribute, what its value must be
 * @param label one of the task's labels; may be null
 * @param dueFrom earliest deadline in the text form of the index; may be null
 * @param dueTo latest deadline, itself excluded; may be null
 * @param text part of the title in whatever case; may be null
 */
record TaskQuery(
    Order order,
    boolean ascending,
    Map<String, String> equal,
    String label,
    String dueFrom,
    String dueTo,
    String text) {

  /** Binds a cursor to the list it was given out for. */
  private static final String LIST = "list";

  TaskQuery {
    equal = Map.copyOf(equal);
  }

  /** An order of the table or of one of its indexes. */
  enum Order {
    CREATED(null, TaskAttribute.TASK_ID),
    UPDATED("by-updated", TaskAttribute.UPDATED_AT),
    /** Only tasks with a deadline. */
    DUE("by-due", TaskAttribute.DUE_KEY);

    private final String index;
    private final String sortKey;

    Order(String index, String sortKey) {
      this.index = index;
      this.sortKey = sortKey;
    }

    /** Null for the table itself. */
    String index() {
      return index;
    }

    /** What tells one place in this order from every other, besides the owner. */
    Set<String> key() {
      return index == null ? Set.of(sortKey) : Set.of(TaskAttribute.TASK_ID, sortKey);
    }
  }

  /** All of a user's tasks, oldest first. */
  static TaskQuery everything() {
    return new TaskQuery(Order.CREATED, true, Map.of(), null, null, null, null);
  }

  static TaskQuery read(ApiRequest request) {
    Map<String, String> equal = new HashMap<>();
    for (String name :
        Set.of(TaskAttribute.STATUS, TaskAttribute.PRIORITY, TaskAttribute.PARENT_ID)) {
      request.queryText(name).ifPresent(value -> equal.put(name, value));
    }
    String dueFrom = moment(request, "due_from");
    String dueTo = moment(request, "due_to");
    if (dueFrom != null && dueTo != null && dueFrom.compareTo(dueTo) >= 0) {
      throw ProblemException.invalidParameter("due_to", "must be after due_from");
    }
    return new TaskQuery(
        Order.valueOf(request.queryText("sort").orElseThrow().toUpperCase(Locale.ROOT)),
        request.queryText("direction").orElseThrow().equals("asc"),
        equal,
        request.queryText("label").orElse(null),
        dueFrom,
        dueTo,
        request.queryText("q").orElse(null));
  }

  private static String moment(ApiRequest request, String name) {
    JsonNode value = request.query(name).orElse(null);
    if (value == null) {
      return null;
    }
    try {
      Instant instant = OffsetDateTime.parse(value.textValue()).toInstant();
      int year = instant.atOffset(ZoneOffset.UTC).getYear();
      if (year >= 1 && year <= 9999) {
        return IsoMillis.format(instant);
      }
    } catch (DateTimeException e) {
      // Said below, like a year out of range.
    }
    throw ProblemException.invalidParameter(
        name, "must be a moment such as 2026-12-01T17:00:00Z, in the years 0001 to 9999 of UTC");
  }

  /** Whether tasks are read that the list does not show. */
  boolean isFiltered() {
    return !equal.isEmpty() || label != null || dueFrom != null || dueTo != null || text != null;
  }

  /** What the table cannot decide: it compares text by case only. */
  boolean matchesText(Task task) {
    return text == null
        || task.title().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
  }

  String cursor(Map<String, String> key) {
    Map<String, String> bound = new HashMap<>(key);
    bound.put(LIST, fingerprint());
    return Cursor.encode(bound);
  }

  /**
   * Reads what {@link #cursor} wrote.
   *
   * @throws ProblemException 400 when it is broken or of another list
   */
  Map<String, String> startAfter(String cursor) {
    Set<String> attributes = new HashSet<>(order.key());
    attributes.add(LIST);
    Map<String, String> key = Cursor.decode(cursor, attributes);
    String dueKey = key.get(TaskAttribute.DUE_KEY);
    if (!key.remove(LIST).equals(fingerprint())
        || (dueKey != null && dueFrom != null && dueKey.compareTo(dueFrom) < 0)
        || (dueKey != null && dueTo != null && dueKey.compareTo(dueTo) >= 0)) {
      throw ProblemException.invalidParameter(
          "cursor", "is of a list with other filters or another order");
    }
    return key;
  }

  private String fingerprint() {
    // A record's text holds every component; the map is sorted, as its order is not fixed.
    return Cursor.digest(
        new TaskQuery(order, ascending, Map.of(), label, dueFrom, dueTo, text)
            + new TreeMap<>(equal).toString());
  }
}
