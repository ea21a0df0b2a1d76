package io.plotpalette.connector.streams;

/**
 * The watermark of one shard, from the stream's creation times and, at the tip, from the clock.
 * Epoch milliseconds; never goes back.
 */
final class ShardWatermark {
  private final long boundMillis;
  private long value;

  ShardWatermark(long boundMillis, long value) {
    this.boundMillis = boundMillis;
    this.value = value;
  }

  /** A watermark of t promises that nothing at t is to come, hence one millisecond less. */
  static long behind(long millis, long boundMillis) {
    return millis - boundMillis - 1;
  }

  void recordCreatedAt(long createdMillis) {
    value = Math.max(value, behind(createdMillis, boundMillis));
  }

  /** The shard had answered with empty pages long enough, the last one asked for at this time. */
  void atTip(long askedMillis) {
    value = Math.max(value, behind(askedMillis, boundMillis));
  }

  long value() {
    return value;
  }
}
