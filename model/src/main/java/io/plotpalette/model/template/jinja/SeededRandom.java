package io.plotpalette.model.template.jinja;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers that are the same on every JVM for the same seed: SplitMix64, whose constants and
 * steps are fixed here because those of {@code java.util} may change. Not for secrets.
 */
public final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private long state;

  private SeededRandom(long state) {
    this.state = state;
  }

  /** For one purpose of one record of one job: other records and purposes are independent. */
  public static SeededRandom of(long jobSeed, long recordIndex, String purpose) {
    long hash = FNV_OFFSET;
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * FNV_PRIME;
    }
    return new SeededRandom(mix(mix(mix(jobSeed) + recordIndex) ^ hash));
  }

  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /**
   * A number from 0 to {@code bound} - 1. Its bias is below 2⁻³² for any int bound.
   *
   * @param bound at least 1
   */
  public int nextInt(int bound) {
    return (int) Math.floorMod(nextLong(), (long) bound);
  }

  private static long mix(long input) {
    long z = input;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
