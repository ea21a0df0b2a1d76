package io.plotpalette.model.task;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One version of one user's task, as every part of the product knows it. Sizes are in {@link
 * TaskLimits}; whoever reads foreign input checks them.
 *
 * @param taskId UUIDv7, never changed, never reused
 * @param userId the owner: the {@code sub} of the user's token
 * @param labels in the user's order, without duplicates
 * @param dueDate a day without a time; excludes {@code dueAt}; may be null
 * @param dueAt an exact moment; excludes {@code dueDate}; may be null
 * @param timeZone IANA id the user thinks in; a {@code dueDate} ends there; may be null, then UTC
 * @param estimateMinutes may be null
 * @param parentId the task this one is part of; may be null
 * @param completedAt when the status became {@code done}; null in every other status
 * @param version starts at 1, grows by 1 with every write
 */
public record Task(
    String taskId,
    String userId,
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
    Map<String, String> metadata,
    Instant createdAt,
    Instant updatedAt,
    Instant completedAt,
    long version) {

  public Task {
    Objects.requireNonNull(taskId, "taskId");
    Objects.requireNonNull(userId, "userId");
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(priority, "priority");
    labels = List.copyOf(labels);
    metadata = Map.copyOf(metadata);
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(updatedAt, "updatedAt");
  }

  /**
   * The last millisecond at which completing the task is on time: {@code dueAt}, or the end of
   * {@code dueDate} in {@code timeZone}; null without a due date.
   */
  public Instant deadline() {
    if (dueAt != null) {
      return dueAt;
    }
    if (dueDate == null) {
      return null;
    }
    ZoneId zone = timeZone == null ? ZoneOffset.UTC : ZoneId.of(timeZone);
    // Through the next day's start, because a day's last hour can be missing or doubled.
    return dueDate.plusDays(1).atTime(LocalTime.MIDNIGHT).atZone(zone).toInstant().minusMillis(1);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder()
        .taskId(taskId)
        .userId(userId)
        .title(title)
        .description(description)
        .status(status)
        .priority(priority)
        .labels(labels)
        .dueDate(dueDate)
        .dueAt(dueAt)
        .timeZone(timeZone)
        .estimateMinutes(estimateMinutes)
        .parentId(parentId)
        .metadata(metadata)
        .createdAt(createdAt)
        .updatedAt(updatedAt)
        .completedAt(completedAt)
        .version(version);
  }

  /** Collects the fields of a task; what has a default in the API has the same default here. */
  public static final class Builder {
    private String taskId;
    private String userId;
    private String title;
    private String description = "";
    private TaskStatus status = TaskStatus.TODO;
    private TaskPriority priority = TaskPriority.NORMAL;
    private List<String> labels = List.of();
    private LocalDate dueDate;
    private Instant dueAt;
    private String timeZone;
    private Integer estimateMinutes;
    private String parentId;
    private Map<String, String> metadata = Map.of();
    private Instant createdAt;
    private Instant updatedAt;
    private Instant completedAt;
    private long version = 1;

    private Builder() {}

    public Builder taskId(String value) {
      taskId = value;
      return this;
    }

    public Builder userId(String value) {
      userId = value;
      return this;
    }

    public Builder title(String value) {
      title = value;
      return this;
    }

    public Builder description(String value) {
      description = value;
      return this;
    }

    public Builder status(TaskStatus value) {
      status = value;
      return this;
    }

    public Builder priority(TaskPriority value) {
      priority = value;
      return this;
    }

    public Builder labels(List<String> value) {
      labels = value;
      return this;
    }

    public Builder dueDate(LocalDate value) {
      dueDate = value;
      return this;
    }

    public Builder dueAt(Instant value) {
      dueAt = value;
      return this;
    }

    public Builder timeZone(String value) {
      timeZone = value;
      return this;
    }

    public Builder estimateMinutes(Integer value) {
      estimateMinutes = value;
      return this;
    }

    public Builder parentId(String value) {
      parentId = value;
      return this;
    }

    public Builder metadata(Map<String, String> value) {
      metadata = value;
      return this;
    }

    public Builder createdAt(Instant value) {
      createdAt = value;
      return this;
    }

    public Builder updatedAt(Instant value) {
      updatedAt = value;
      return this;
    }

    public Builder completedAt(Instant value) {
      completedAt = value;
      return this;
    }

    public Builder version(long value) {
      version = value;
      return this;
    }

    public Task build() {
      return new Task(
          taskId,
          userId,
          title,
          description,
          status,
          priority,
          labels,
          dueDate,
          dueAt,
          timeZone,
          estimateMinutes,
          parentId,
          metadata,
          createdAt,
          updatedAt,
          completedAt,
          version);
    }
  }
}
