package io.plotpalette.generator.pressure;

import io.plotpalette.generator.pressure.Admission.Permit;
import java.util.HashMap;
import java.util.Map;

/**
 * Stops asking a model that fails throughout, but for one call of each job now and then, a probe,
 * which finds out whether it is back. Not thread-safe.
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

  /**
   * Of a job, in epoch milliseconds; without those of calls from before it opened that end later.
   */
  private final Map<String, Long> lastFailures = new HashMap<>();

  /** The number of a job's call that is under way to find out. */
  private final Map<String, Long> probes = new HashMap<>();

  /** Whether a job may only find out whether the model is back. */
  boolean isOpen() {
    return failures >= FAILURES_TO_OPEN;
  }

  /** While it is open: whether a call of the job is under way to find out. */
  boolean isProbing(String jobId) {
    return probes.containsKey(jobId);
  }

  /**
   * While it is open: when a call of the job may find out, in epoch milliseconds; long ago if no
   * failure of it counts.
   */
  long probesAt(String jobId) {
    Long failedAt = lastFailures.get(jobId);
    return failedAt == null ? Long.MIN_VALUE : failedAt + PAUSE_MILLIS;
  }

  void started(Permit call) {
    if (isOpen()) {
      probes.put(call.jobId(), call.number());
    }
  }

  /** Any success shows that the model works, also that of a call from before it opened. */
  void succeeded() {
    failures = 0;
    lastFailures.clear();
    probes.clear();
  }

  void failed(Permit call, long now) {
    boolean wasProbe = ended(call);
    // The slow failures of what was under way when it opened say nothing new.
    if (wasProbe || !isOpen()) {
      // What is long ago is as good as none, and jobs end without a word.
      lastFailures.values().removeIf(at -> at + PAUSE_MILLIS <= now);
      lastFailures.put(call.jobId(), now);
    }
    failures++;
  }

  /** A call ended in a way that says nothing of the model's health. */
  void undecided(Permit call) {
    ended(call);
  }

  /** Whether it was the job's probe. */
  private boolean ended(Permit call) {
    return probes.remove(call.jobId(), call.number());
  }
}
