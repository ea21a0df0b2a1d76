package io.plotpalette.model.task;

import java.util.Optional;

/** How urgent a task is; {@link #wireName} is what JSON, DynamoDB and Parquet hold. */
public enum TaskPriority {
  LOW("low"),
  NORMAL("normal"),
  HIGH("high"),
  URGENT("urgent");

  private final String wireName;

  TaskPriority(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The priority with this wire name, or empty for any other text. */
  public static Optional<TaskPriority> fromWire(String wireName) {
    for (TaskPriority priority : values()) {
      if (priority.wireName.equals(wireName)) {
        return Optional.of(priority);
      }
    }
    return Optional.empty();
  }
}
