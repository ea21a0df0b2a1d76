package io.plotpalette.generator.pressure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Stops asking a model that fails throughout, but for one call of each job now and then, which find
 * out whether it is back. Not thread-safe.
 *
 * <p>Each job asks for itself: were one call to ask for all, a job would wait for the others' bad
 * luck, and the longer the more of them there are.
 */
final class CircuitBreaker {
  /** Failures in a row, without one success, that open it. */
  static final int FAILURES_TO_OPEN = 20;

  /** As long as the longest nominal back-off: a model that is back is not left alone for longer. */
  static final long PAUSE_MILLIS = 8_000;

  private int failures;
  private final Map<String, Long> lastFailures = new HashMap<>();
  private final Set<String> probing = new HashSet<>();

  /** Whether a job may only find out whether the model is back. */
  boolean isOpen() {
    return failures >= FAILURES_TO_OPEN;
  }

  /** Whether a call of the job is under way to find out. */
  boolean isProbing(String jobId) {
    return probing.contains(jobId);
  }

  /** When a call of the job may find out, in epoch milliseconds; long ago if it never failed. */
  long probesAt(String jobId) {
    Long failedAt = lastFailures.get(jobId);
    return failedAt == null ? Long.MIN_VALUE : failedAt + PAUSE_MILLIS;
  }

  /**
   * A call starts.
   *
   * @return whether it is one to find out
   */
  boolean started(String jobId) {
    return isOpen() && probing.add(jobId);
  }

  /** Any success shows that the model works, also that of a call from before it opened. */
  void succeeded() {
    failures = 0;
    lastFailures.clear();
    probing.clear();
  }

  void failed(String jobId, boolean probe, long now) {
    failures++;
    lastFailures.put(jobId, now);
    undecided(jobId, probe);
  }

  /** A call ended in a way that says nothing of the model's health. */
  void undecided(String jobId, boolean probe) {
    if (probe) {
      probing.remove(jobId);
    }
  }
}
