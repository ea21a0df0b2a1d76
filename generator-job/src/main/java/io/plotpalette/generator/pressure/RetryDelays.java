package io.plotpalette.generator.pressure;

import java.util.OptionalLong;
import java.util.function.DoubleSupplier;

/**
 * Waits of 2, 4 and 8 seconds before the first, second and third retry, each a quarter shorter or
 * longer at random, so that calls that failed together do not come back together.
 *
 * @param random values from 0, included, to 1, excluded
 */
public record RetryDelays(DoubleSupplier random) {
  public static final int MAX_RETRIES = 3;

  /** No wait is longer. */
  public static final long LONGEST_MILLIS = 10_000;

  private static final long FIRST_MILLIS = 2_000;

  /**
   * Milliseconds to wait; empty if there is to be no further try.
   *
   * @param failures in a row, 1 or more
   */
  public OptionalLong afterFailures(int failures) {
    if (failures > MAX_RETRIES) {
      return OptionalLong.empty();
    }
    double nominal = FIRST_MILLIS << (failures - 1);
    return OptionalLong.of((long) (nominal * (0.75 + random.getAsDouble() / 2)));
  }
}
