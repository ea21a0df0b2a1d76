package io.plotpalette.local.budget;

/** A clock that runs faster than time, so that waits of seconds take milliseconds. */
final class ScaledClock {
  private static final long BEGIN = 1_700_000_000_000L;

  private final double scale;
  private final long startNanos = System.nanoTime();

  ScaledClock(double scale) {
    this.scale = scale;
  }

  /** Epoch milliseconds. */
  long now() {
    return BEGIN + (long) ((System.nanoTime() - startNanos) * scale / 1_000_000);
  }

  /** Real nanoseconds until then; 0 if that is over. */
  long nanosUntil(long epochMillis) {
    return Math.max(0, (long) ((epochMillis - now()) * 1_000_000 / scale));
  }
}
