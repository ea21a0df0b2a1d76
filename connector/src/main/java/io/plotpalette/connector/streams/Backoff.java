package io.plotpalette.connector.streams;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Exponential waits with jitter: half of the wait is fixed, half random, so that readers throttled
 * together do not come back together.
 *
 * @param random values from 0 to 1
 */
record Backoff(Duration min, Duration max, DoubleSupplier random) {

  /** Milliseconds to wait after the given number of failures in a row, 1 or more. */
  long millis(int failures) {
    // Thirty doublings of a millisecond are twelve days: no need to overflow for more.
    double doubled = min.toMillis() * Math.pow(2, Math.min(failures - 1, 30));
    double wait = Math.min(doubled, (double) max.toMillis());
    return (long) (wait / 2 + wait / 2 * random.getAsDouble());
  }
}
