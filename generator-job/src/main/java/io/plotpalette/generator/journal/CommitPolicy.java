package io.plotpalette.generator.journal;

/**
 * When entries that gather become a segment.
 *
 * @param buckets over which the segments spread, 1 to 99; a job keeps the number it started with
 * @param maxDelayMillis how long an entry waits for others at most, while a bucket is free
 * @param maxSegmentBytes a segment is written at once when it is this full, and is never larger
 */
public record CommitPolicy(int buckets, long maxDelayMillis, int maxSegmentBytes) {
  /**
   * Eight buckets take eight partitions' worth of writes, 8 MB a second. An answered call keeps its
   * place until it is durable, so every millisecond here costs throughput: with calls of 500 ms and
   * writes of 8 ms, 5 ms leave 0.97 of it and 15 ms 0.95. Where the table is slow, entries gather
   * anyhow while all buckets are written.
   */
  public static final CommitPolicy DEFAULT = new CommitPolicy(8, 5, SegmentCodec.MAX_SEGMENT_BYTES);

  /** Room for the longest output and all that stands around it. */
  private static final int MIN_SEGMENT_BYTES = Output.MAX_INLINE_BYTES + 8 * 1024;

  public CommitPolicy {
    if (buckets < 1 || buckets > 99) {
      throw new IllegalArgumentException("a journal has 1 to 99 buckets, not " + buckets);
    }
    if (maxDelayMillis < 0) {
      throw new IllegalArgumentException("entries cannot wait " + maxDelayMillis + " ms");
    }
    if (maxSegmentBytes < MIN_SEGMENT_BYTES || maxSegmentBytes > SegmentCodec.MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "a segment holds %d to %d bytes, not %d"
              .formatted(MIN_SEGMENT_BYTES, SegmentCodec.MAX_SEGMENT_BYTES, maxSegmentBytes));
    }
  }
}
