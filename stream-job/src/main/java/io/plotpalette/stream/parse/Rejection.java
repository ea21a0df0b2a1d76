package io.plotpalette.stream.parse;

import java.time.Instant;
import java.util.Objects;

/**
 * A record on its way to quarantine.
 *
 * @param id of the change, or if it has none the SHA-256 of the record: the same at every reading
 * @param rule the broken rule
 * @param reason what is wrong, naming the field
 * @param record the record as it came, so that it can be replayed; for {@link QualityRule#LATE},
 *     whose record is in bronze, a JSON object that names it
 * @param partitionTime decides the day's folder: the stream's time, or if that is unknown {@code
 *     rejectedAt}
 */
public record Rejection(
    String id,
    QualityRule rule,
    String reason,
    String record,
    Instant partitionTime,
    Instant rejectedAt) {
  public Rejection {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(partitionTime, "partitionTime");
    Objects.requireNonNull(rejectedAt, "rejectedAt");
  }
}
