package io.plotpalette.local.process;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Ties this process to the one that started it through {@link ChildJvm}: standard input ends when
 * that one is gone, however it went, so nothing it started stays behind.
 */
public final class Leash {
  private static final int KILLED = 137;

  private Leash() {}

  /** Ends this process at once when the other is gone. */
  public static void hold() {
    Thread thread =
        new Thread(
            () -> {
              awaitRelease();
              Runtime.getRuntime().halt(KILLED);
            },
            "leash");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns when the other process is gone or has let go. */
  public static void awaitRelease() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said on a leash.
      }
    } catch (IOException e) {
      throw new UncheckedIOException("standard input cannot be read", e);
    }
  }
}
