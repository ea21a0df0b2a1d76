package io.plotpalette.stream.insights;

import java.util.Arrays;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.memory.Memory;

/**
 * Lead times in seconds on their way to a window: as they are while they are few, then as a KLL
 * sketch (Karnin, Lang, Liberty 2016), whose rank error at the default k of 200 is about 1.65 %
 * with 99 % confidence. Up to k values the quantiles are exact, also of merged sketches.
 */
final class LeadTimes {
  private static final int EXACT = 200;

  private double[] values = new double[4];
  private int count;
  private KllDoublesSketch sketch;

  void add(double seconds) {
    if (sketch != null) {
      sketch.update(seconds);
      return;
    }
    if (count == EXACT) {
      sketch = KllDoublesSketch.newHeapInstance();
      sketch.update(values, 0, count);
      sketch.update(seconds);
      return;
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, Math.min(EXACT, 2 * count));
    }
    values[count++] = seconds;
  }

  /** The values while they are few, else null. */
  double[] exact() {
    return sketch == null ? Arrays.copyOf(values, count) : null;
  }

  /** The sketch's bytes once the values are many, else null. */
  byte[] sketched() {
    return sketch == null ? null : sketch.toByteArray();
  }

  /**
   * All values while they are few, else null.
   *
   * @param before may be null
   */
  static double[] few(double[] before, double[] more) {
    if (before == null) {
      return more.length <= EXACT ? more : null;
    }
    if (before.length + more.length > EXACT) {
      return null;
    }
    double[] both = Arrays.copyOf(before, before.length + more.length);
    System.arraycopy(more, 0, both, before.length, more.length);
    return both;
  }

  /** The bytes of a sketch of all that is in the four; each may be null, but not all. */
  static byte[] merge(byte[] sketch, double[] values, double[] moreValues, byte[] otherSketch) {
    KllDoublesSketch merged = sketch == null ? KllDoublesSketch.newHeapInstance() : heapify(sketch);
    if (values != null) {
      merged.update(values, 0, values.length);
    }
    if (moreValues != null) {
      merged.update(moreValues, 0, moreValues.length);
    }
    if (otherSketch != null) {
      merged.merge(heapify(otherSketch));
    }
    return merged.toByteArray();
  }

  /** As {@link #summary(byte[], double)} says it, of values that are few. */
  static TaskInsight.LeadTime summary(double[] values, double sumMillis) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int count = sorted.length;
    return new TaskInsight.LeadTime(
        count,
        sumMillis / count / 1000,
        sorted[0],
        sorted[ranked(0.5, count)],
        sorted[ranked(0.95, count)],
        sorted[count - 1]);
  }

  /** Where the sketch finds the quantile: the first that as many are not above as the rank says. */
  private static int ranked(double rank, int count) {
    return Math.max(0, (int) Math.ceil(rank * count) - 1);
  }

  /**
   * What a window's row says of its lead times.
   *
   * @param sumMillis of the same lead times
   */
  static TaskInsight.LeadTime summary(byte[] sketch, double sumMillis) {
    KllDoublesSketch quantiles = heapify(sketch);
    double[] ranks = quantiles.getQuantiles(new double[] {0.5, 0.95});
    return new TaskInsight.LeadTime(
        quantiles.getN(),
        sumMillis / quantiles.getN() / 1000,
        quantiles.getMinItem(),
        ranks[0],
        ranks[1],
        quantiles.getMaxItem());
  }

  private static KllDoublesSketch heapify(byte[] sketch) {
    return KllDoublesSketch.heapify(Memory.wrap(sketch));
  }
}
