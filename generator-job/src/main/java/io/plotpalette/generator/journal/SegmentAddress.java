package io.plotpalette.generator.journal;

/**
 * Where a segment stands in the table {@code call-journal}. It is written on the condition that
 * nothing stands there.
 *
 * @param bucket from 0; buckets spread a job's writes over partitions
 * @param number from 0, without gaps within a bucket
 */
public record SegmentAddress(int bucket, long number) {

  public String partitionKey(String jobId) {
    return jobId + "#" + bucket;
  }

  /** Padded with zeroes, so that text order is the order of numbers. */
  public String sortKey() {
    return "%012d".formatted(number);
  }

  SegmentAddress next() {
    return new SegmentAddress(bucket, number + 1);
  }
}
