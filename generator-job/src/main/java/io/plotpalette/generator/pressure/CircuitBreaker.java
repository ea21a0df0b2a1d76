package io.plotpalette.generator.pressure;

/**
 * Stops asking a model that fails throughout, and lets one call find out whether it is back. Not
 * thread-safe.
 */
final class CircuitBreaker {
  /** Failures in a row, without one success, that open it. */
  static final int FAILURES_TO_OPEN = 20;

  /** As long as the longest nominal back-off: a model that is back is not left alone for longer. */
  static final long OPEN_MILLIS = 8_000;

  private int failures;
  private long openUntil = Long.MIN_VALUE;
  private boolean probing;

  /** Whether calls are held back altogether, until {@link #probesAt}. */
  boolean isOpen(long now) {
    return now < openUntil;
  }

  /** Whether one call is under way to find out, and others wait for what it finds. */
  boolean isProbing() {
    return probing;
  }

  /** When one call may find out whether the model is back, in epoch milliseconds. */
  long probesAt() {
    return openUntil;
  }

  /**
   * A call starts.
   *
   * @return whether it is the one to find out
   */
  boolean started() {
    probing = openUntil != Long.MIN_VALUE;
    return probing;
  }

  /** Any success shows that the model works, also that of a call from before it opened. */
  void succeeded() {
    failures = 0;
    openUntil = Long.MIN_VALUE;
    probing = false;
  }

  void failed(boolean probe, long now) {
    failures++;
    if (probe) {
      probing = false;
      openUntil = now + OPEN_MILLIS;
    } else if (openUntil == Long.MIN_VALUE && failures >= FAILURES_TO_OPEN) {
      openUntil = now + OPEN_MILLIS;
    }
  }

  /** A call ended in a way that says nothing of the model's health. */
  void undecided(boolean probe) {
    if (probe) {
      probing = false;
    }
  }
}
