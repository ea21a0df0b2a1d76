package io.plotpalette.model.task;

import java.util.Optional;

/** The states a task can be in; {@link #wireName} is what JSON, DynamoDB and Parquet hold. */
public enum TaskStatus {
  TODO("todo"),
  IN_PROGRESS("in_progress"),
  DONE("done"),
  CANCELLED("cancelled");

  private final String wireName;

  TaskStatus(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** Whether work on the task is still ahead: it counts in the backlog. */
  public boolean isOpen() {
    return this == TODO || this == IN_PROGRESS;
  }

  /** The status with this wire name, or empty for any other text. */
  public static Optional<TaskStatus> fromWire(String wireName) {
    for (TaskStatus status : values()) {
      if (status.wireName.equals(wireName)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
