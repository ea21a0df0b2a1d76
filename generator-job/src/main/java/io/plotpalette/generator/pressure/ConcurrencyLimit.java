package io.plotpalette.generator.pressure;

/**
 * How many calls a model is asked at once: a quarter fewer on the first throttle of a burst, one
 * more after a run of successes, never fewer than one. Not thread-safe.
 *
 * <p>It starts at the top: a quota that is large enough is then used at once, and one that is not
 * is found after a few cuts, while growing towards a thousand one by one would take the first ten
 * thousand calls.
 */
final class ConcurrencyLimit {
  private static final double CUT = 0.75;

  /** Successes for one step up. */
  static final int RUN_OF_SUCCESSES = 10;

  private final int max;
  private int limit;
  private int successes;

  /** Calls numbered below this started before the last cut: their throttles are of its burst. */
  private long cutBefore;

  private long started;

  ConcurrencyLimit(int max) {
    if (max < 1) {
      throw new IllegalArgumentException("at least one call must be allowed, not " + max);
    }
    this.max = max;
    this.limit = max;
  }

  int limit() {
    return limit;
  }

  /** The number of a call that starts now; to be given back with what came of it. */
  long started() {
    return started++;
  }

  void succeeded() {
    successes++;
    if (successes >= RUN_OF_SUCCESSES) {
      successes = 0;
      limit = Math.min(max, limit + 1);
    }
  }

  void throttled(long call) {
    successes = 0;
    if (call >= cutBefore) {
      cutBefore = started;
      limit = Math.max(1, (int) (limit * CUT));
    }
  }
}
