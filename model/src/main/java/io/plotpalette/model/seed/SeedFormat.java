package io.plotpalette.model.seed;

import java.util.Optional;

/** How seed data is written; {@link #wireName} is what JSON and DynamoDB hold. */
public enum SeedFormat {
  /** An array of objects. */
  JSON("json"),
  /** RFC 4180 with a line of names first; every value is a text. */
  CSV("csv");

  private final String wireName;

  SeedFormat(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /** The format with this wire name, or empty for any other text. */
  public static Optional<SeedFormat> fromWire(String wireName) {
    for (SeedFormat format : values()) {
      if (format.wireName.equals(wireName)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }
}
