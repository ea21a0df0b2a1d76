package io.plotpalette.model.job;

import java.util.Optional;

/**
 * A file a dataset is exported as; {@link #wireName} is what JSON and DynamoDB hold, and the file's
 * ending.
 */
public enum ExportFormat {
  JSONL("jsonl"),
  PARQUET("parquet"),
  CSV("csv");

  private final String wireName;

  ExportFormat(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The format with this wire name, or empty for any other text. */
  public static Optional<ExportFormat> fromWire(String wireName) {
    for (ExportFormat format : values()) {
      if (format.wireName.equals(wireName)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
