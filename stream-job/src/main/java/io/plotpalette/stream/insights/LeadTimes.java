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

  /** The bytes of a sketch of all that is in the three; each may be null. */
  static byte[] merge(byte[] sketch, double[] values, byte[] otherSketch) {
    if (values == null && otherSketch == null) {
      return sketch;
    }
    KllDoublesSketch merged = sketch == null ? KllDoublesSketch.newHeapInstance() : heapify(sketch);
    if (values != null) {
      merged.update(values, 0, values.length);
    }
    if (otherSketch != null) {
      merged.merge(heapify(otherSketch));
    }
    return merged.toByteArray();
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
