package io.plotpalette.load;

import io.gatling.javaapi.core.Session;
import java.util.Arrays;
import java.util.Locale;

/**
 * What became of every request after a time in which this process gets warm, for a client that is
 * still being compiled is slower than what it measures. Gatling's own figures come in a report to
 * look at, made with a library of charts that nothing here needs.
 */
final class Timings {
  /** Where a session has how long its last request took. */
  static final String MILLIS = "millis";

  private final long countFrom;

  private int[] millis = new int[1 << 16];
  private int answered;
  private int errors;
  private long first;
  private long last;

  /**
   * @param countFrom by the clock of {@link System#nanoTime}
   */
  Timings(long countFrom) {
    this.countFrom = countFrom;
  }

  /** Counts the session's last request, and makes the session ready for the next. */
  synchronized Session add(Session session) {
    long now = System.nanoTime();
    if (now - countFrom >= 0) {
      count(session, now);
    }
    return session.remove(MILLIS).markAsSucceeded();
  }

  private void count(Session session, long now) {
    last = now;
    if (answered + errors == 0) {
      first = now;
    }
    if (session.isFailed() || !session.contains(MILLIS)) {
      errors++;
    } else {
      if (answered == millis.length) {
        millis = Arrays.copyOf(millis, 2 * answered);
      }
      millis[answered++] = session.getInt(MILLIS);
    }
  }

  /** One line. */
  synchronized String summary() {
    int[] sorted = Arrays.copyOf(millis, answered);
    Arrays.sort(sorted);
    return String.format(
        Locale.ROOT,
        "load {\"requests\": %d, \"errors\": %d, \"seconds\": %.3f, \"p50_ms\": %d, \"p99_ms\": %d}",
        answered + errors,
        errors,
        (last - first) / 1e9,
        percentile(sorted, 0.50),
        percentile(sorted, 0.99));
  }

  private static int percentile(int[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
  }
}
