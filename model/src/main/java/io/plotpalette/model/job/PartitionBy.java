package io.plotpalette.model.job;

import java.util.Optional;

/** What an export is split by; {@link #wireName} is what JSON and DynamoDB hold. */
public enum PartitionBy {
  NONE("none"),
  DATE("date"),
  CATEGORY("category");

  private final String wireName;

  PartitionBy(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The partition with this wire name, or empty for any other text. */
  public static Optional<PartitionBy> fromWire(String wireName) {
    for (PartitionBy partition : values()) {
      if (partition.wireName.equals(wireName)) {
        return Optional.of(partition);
      }
    }
    return Optional.empty();
  }
}
