package io.plotpalette.stream.insights;

/** Boundaries of a grain's windows in epoch milliseconds; a window is named by its start. */
final class WindowTimes {
  private final long size;
  private final long allowedLateness;

  WindowTimes(Grain grain) {
    size = grain.size().toMillis();
    allowedLateness = grain.allowedLateness().toMillis();
  }

  /** The window that holds the instant. */
  long startOf(long epochMillis) {
    return Math.floorDiv(epochMillis, size) * size;
  }

  /** Exclusive. */
  long end(long start) {
    return start + size;
  }

  /** The watermark that makes the window final. */
  long lastMillis(long start) {
    return start + size - 1;
  }

  /** The watermark from which on the window takes no changes. */
  long forgottenAt(long start) {
    return lastMillis(start) + allowedLateness;
  }
}
