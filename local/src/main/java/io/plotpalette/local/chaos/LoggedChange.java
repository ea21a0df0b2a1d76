package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

/**
 * A write the table has acknowledged: what bronze must hold of it, in the lake's names and values.
 *
 * @param status of the new image; of the last one for DELETED
 * @param changedFrom earliest {@code changed_at} the change may have; that of a write is exact,
 *     that of a deletion the stream's, which DynamoDB Local cuts to the minute
 * @param changedTo the latest
 */
record LoggedChange(
    String userId,
    String taskId,
    ChangeType changeType,
    long version,
    Long previousVersion,
    String previousStatus,
    String status,
    String title,
    String priority,
    LocalDate dueDate,
    Instant dueAt,
    String timeZone,
    Instant createdAt,
    Instant updatedAt,
    Instant completedAt,
    Instant changedFrom,
    Instant changedTo) {

  /** Names of the fields in the log, and the column types DuckDB reads them with. */
  static final Map<String, String> COLUMNS =
      Map.ofEntries(
          Map.entry("user_id", "VARCHAR"),
          Map.entry("task_id", "VARCHAR"),
          Map.entry("change_type", "VARCHAR"),
          Map.entry("version", "BIGINT"),
          Map.entry("previous_version", "BIGINT"),
          Map.entry("previous_status", "VARCHAR"),
          Map.entry("status", "VARCHAR"),
          Map.entry("title", "VARCHAR"),
          Map.entry("priority", "VARCHAR"),
          Map.entry("due_date", "DATE"),
          Map.entry("due_at", "TIMESTAMP"),
          Map.entry("time_zone", "VARCHAR"),
          Map.entry("created_at", "TIMESTAMP"),
          Map.entry("updated_at", "TIMESTAMP"),
          Map.entry("completed_at", "TIMESTAMP"),
          Map.entry("changed_from", "TIMESTAMP"),
          Map.entry("changed_to", "TIMESTAMP"));

  /** One change a line. */
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  /**
   * A change with every time given.
   *
   * @param before null for CREATED
   * @param after for DELETED the task as it was
   */
  static LoggedChange of(
      ChangeType type, Task before, Task after, Instant changedFrom, Instant changedTo) {
    return new LoggedChange(
        after.userId(),
        after.taskId(),
        type,
        after.version(),
        before == null ? null : before.version(),
        before == null ? null : before.status().wireName(),
        after.status().wireName(),
        after.title(),
        after.priority().wireName(),
        after.dueDate(),
        after.dueAt(),
        after.timeZone(),
        after.createdAt(),
        after.updatedAt(),
        after.completedAt(),
        changedFrom,
        changedTo);
  }
}
