package io.plotpalette.model.job;

import java.util.Optional;

/** How urgent a job is, most urgent first; {@link #wireName} is what JSON and DynamoDB hold. */
public enum JobPriority {
  HIGH("high", 0),
  NORMAL("normal", 1),
  LOW("low", 2);

  private final String wireName;
  private final int rank;

  JobPriority(String wireName, int rank) {
    this.wireName = wireName;
    this.rank = rank;
  }

  /** 0 for the most urgent; one digit. */
  public int rank() {
    return rank;
  }

  public String wireName() {
    return wireName;
  }

  /** The priority with this wire name, or empty for any other text. */
  public static Optional<JobPriority> fromWire(String wireName) {
    for (JobPriority priority : values()) {
      if (priority.wireName.equals(wireName)) {
        return Optional.of(priority);
      }
    }
    return Optional.empty();
  }
}
