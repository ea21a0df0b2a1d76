package io.plotpalette.connector.failure;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Exponential waits with jitter: half of the wait is fixed, half random, so that readers throttled
 * together do not come back together.
 *
 * @param random values from 0 to 1
 */
public record Backoff(Duration min, Duration max, DoubleSupplier random) {
  private static final int REPORTED_AT_LEAST_EVERY = 64;

  /** Milliseconds to wait after the given number of failures in a row, 1 or more. */
  public long millis(int failures) {
    // Thirty doublings of a millisecond are twelve days: no need to overflow for more.
    double doubled = min.toMillis() * Math.pow(2, Math.min(failures - 1, 30));
    double wait = Math.min(doubled, (double) max.toMillis());
    return (long) (wait / 2 + wait / 2 * random.getAsDouble());
  }

  /**
   * Whether this failure in a row belongs into the log: with growing distance, so that an outage
   * fills no disk, and every 64th, so that a long one is not forgotten.
   */
  public static boolean isReported(int failures) {
    return Integer.bitCount(failures) == 1 || failures % REPORTED_AT_LEAST_EVERY == 0;
  }
}
