package io.plotpalette.api.seeddata;

import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.seed.SeedFormat;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * An upload of seed data.
 *
 * @param size of the upload, in bytes, as it was said when its address was asked for
 * @param checked what the last look at the file came to; null before the first
 * @param version starts at 1, grows with every look
 */
public record SeedData(
    String userId,
    String seedDataId,
    String name,
    SeedFormat format,
    long size,
    Status status,
    Checked checked,
    Instant createdAt,
    long version) {

  /** What is known of the file. */
  public enum Status {
    /** Nothing was looked at yet. */
    OPEN,
    /** Every entry can be read. */
    VALID,
    /** It cannot be used; upload it again as new seed data. */
    INVALID;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Status> fromWire(String wireName) {
      for (Status status : values()) {
        if (status.wireName().equals(wireName)) {
          return Optional.of(status);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * The file as it was looked at.
   *
   * @param sha256 of the bytes records are made from, in hex; null for an invalid file
   * @param objectVersion of the object store; null where it keeps none
   */
  public record Checked(Instant at, long entries, String sha256, String objectVersion) {}

  public SeedData {
    Objects.requireNonNull(userId, "userId");
    Objects.requireNonNull(seedDataId, "seedDataId");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(createdAt, "createdAt");
  }

  /** Where the user puts the file. */
  String uploadKey() {
    return JobPaths.seedUpload(userId, seedDataId, format);
  }

  /** What jobs read: an array of objects, whatever was uploaded. */
  public String entriesKey() {
    return JobPaths.seedData(userId, seedDataId);
  }

  SeedData checked(Status found, Checked result) {
    return new SeedData(
        userId, seedDataId, name, format, size, found, result, createdAt, version + 1);
  }
}
