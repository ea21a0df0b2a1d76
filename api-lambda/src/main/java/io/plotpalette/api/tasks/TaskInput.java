package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.TimeZones;
import io.plotpalette.api.http.Violation;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskLimits;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a user can set of a task; a field without a value is null, as in {@link Task}. */
record TaskInput(
    String title,
    String description,
    TaskStatus status,
    TaskPriority priority,
    List<String> labels,
    LocalDate dueDate,
    Instant dueAt,
    String timeZone,
    Integer estimateMinutes,
    String parentId,
    Map<String, String> metadata) {

  // The end of a day in any zone, and so the key of the index, keeps a year of four digits.

  /**
   * Reads a body that keeps the contract's schema.
   *
   * @throws ProblemException 422 for what a schema cannot say
   */
  static TaskInput read(JsonNode body) {
    List<Violation> violations = new ArrayList<>();
    LocalDate dueDate = dueDate(body, violations);
    Instant dueAt = dueAt(body, violations);
    String timeZone = body.path(TaskAttribute.TIME_ZONE).textValue();
    TimeZones.violation(TaskAttribute.TIME_ZONE, timeZone).ifPresent(violations::add);
    if (!violations.isEmpty()) {
      throw ProblemException.invalidBody(violations);
    }
    List<String> labels = new ArrayList<>();
    body.path(TaskAttribute.LABELS).forEach(label -> labels.add(label.textValue()));
    Map<String, String> metadata = new HashMap<>();
    body.path(TaskAttribute.METADATA)
        .properties()
        .forEach(pair -> metadata.put(pair.getKey(), pair.getValue().textValue()));
    JsonNode estimate = body.path(TaskAttribute.ESTIMATE_MINUTES);
    return new TaskInput(
        body.path(TaskAttribute.TITLE).textValue(),
        body.path(TaskAttribute.DESCRIPTION).asText(""),
        TaskStatus.fromWire(body.path(TaskAttribute.STATUS).textValue()).orElse(TaskStatus.TODO),
        TaskPriority.fromWire(body.path(TaskAttribute.PRIORITY).textValue())
            .orElse(TaskPriority.NORMAL),
        List.copyOf(labels),
        dueDate,
        dueAt,
        timeZone,
        estimate.isMissingNode() ? null : Integer.valueOf(estimate.intValue()),
        body.path(TaskAttribute.PARENT_ID).textValue(),
        Map.copyOf(metadata));
  }

  Task.Builder applyTo(Task.Builder task) {
    return task.title(title)
        .description(description)
        .status(status)
        .priority(priority)
        .labels(labels)
        .dueDate(dueDate)
        .dueAt(dueAt)
        .timeZone(timeZone)
        .estimateMinutes(estimateMinutes)
        .parentId(parentId)
        .metadata(metadata);
  }

  private static LocalDate dueDate(JsonNode body, List<Violation> violations) {
    String text = body.path(TaskAttribute.DUE_DATE).textValue();
    if (text == null) {
      return null;
    }
    LocalDate dueDate = LocalDate.parse(text);
    if (dueDate.isBefore(TaskLimits.FIRST_DUE_DATE) || dueDate.isAfter(TaskLimits.LAST_DUE_DATE)) {
      violations.add(
          Violation.inBody(
              "/" + TaskAttribute.DUE_DATE,
              "must be from %s to %s"
                  .formatted(TaskLimits.FIRST_DUE_DATE, TaskLimits.LAST_DUE_DATE)));
    }
    return dueDate;
  }

  private static Instant dueAt(JsonNode body, List<Violation> violations) {
    String text = body.path(TaskAttribute.DUE_AT).textValue();
    if (text == null) {
      return null;
    }
    Instant dueAt = OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
    if (dueAt.isBefore(TaskLimits.FIRST_DUE_AT) || dueAt.isAfter(TaskLimits.LAST_DUE_AT)) {
      violations.add(
          Violation.inBody("/" + TaskAttribute.DUE_AT, "must be in the years 0001 to 9999 of UTC"));
    }
    return dueAt;
  }
}
