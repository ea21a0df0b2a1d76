package io.plotpalette.connector.failure;

import java.time.Clock;

/** How long calls have failed without a single success in between; any thread may ask. */
public final class OutageMeter {
  /** Milliseconds since the first of the calls that fail now; 0 when the last one succeeded. */
  public static final String METRIC = "outageMillis";

  private static final long NONE = Long.MIN_VALUE;

  private final Clock clock;
  private volatile long sinceMillis = NONE;

  public OutageMeter(Clock clock) {
    this.clock = clock;
  }

  public void failed() {
    if (sinceMillis == NONE) {
      sinceMillis = clock.millis();
    }
  }

  public void succeeded() {
    sinceMillis = NONE;
  }

  public long millis() {
    long since = sinceMillis;
    return since == NONE ? 0 : Math.max(0, clock.millis() - since);
  }
}
