package io.plotpalette.model.job;

import java.util.Optional;

/** What became of a record; {@link #wireName} is what JSON holds. */
public enum RecordStatus {
  OK("ok"),
  FAILED("failed"),
  REJECTED("rejected");

  private final String wireName;

  RecordStatus(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The status with this wire name, or empty for any other text. */
  public static Optional<RecordStatus> fromWire(String wireName) {
    for (RecordStatus status : values()) {
      if (status.wireName.equals(wireName)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
