package io.plotpalette.connector.streams.proxy;

import java.util.Objects;

/**
 * Where reading of a shard goes on.
 *
 * @param sequenceNumber the last record read; null unless the anchor is AFTER_SEQUENCE_NUMBER
 */
public record ShardPosition(Anchor anchor, String sequenceNumber) {

  /** What a position is relative to. */
  public enum Anchor {
    TRIM_HORIZON,
    LATEST,
    AFTER_SEQUENCE_NUMBER
  }

  private static final ShardPosition TRIM_HORIZON = new ShardPosition(Anchor.TRIM_HORIZON, null);
  private static final ShardPosition LATEST = new ShardPosition(Anchor.LATEST, null);

  public ShardPosition {
    if ((sequenceNumber != null) != (anchor == Anchor.AFTER_SEQUENCE_NUMBER)) {
      throw new IllegalArgumentException(anchor + " with sequence number " + sequenceNumber);
    }
  }

  /** The oldest record the shard still holds. */
  public static ShardPosition trimHorizon() {
    return TRIM_HORIZON;
  }

  /** Behind the newest record of the shard at the time of the call. */
  public static ShardPosition latest() {
    return LATEST;
  }

  /** The record that follows {@code sequenceNumber}. */
  public static ShardPosition after(String sequenceNumber) {
    return new ShardPosition(
        Anchor.AFTER_SEQUENCE_NUMBER, Objects.requireNonNull(sequenceNumber, "sequenceNumber"));
  }
}
