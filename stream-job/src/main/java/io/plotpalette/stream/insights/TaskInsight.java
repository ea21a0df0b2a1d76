package io.plotpalette.stream.insights;

import java.time.Instant;

/**
 * A row of silver: what the tasks of one user, or of all, did in one window, as known at one
 * emission.
 *
 * @param userId null for all users together
 * @param leadTime null if nothing was completed
 * @param revision counts the emissions of the window from 1
 * @param isFinal whether the watermark had passed the window's end
 */
public record TaskInsight(
    String userId,
    Instant windowStart,
    Instant windowEnd,
    TransitionCounts counts,
    LeadTime leadTime,
    long revision,
    boolean isFinal,
    Instant emittedAt) {

  /** The same row under another revision. */
  public TaskInsight withRevision(long number) {
    return new TaskInsight(
        userId, windowStart, windowEnd, counts, leadTime, number, isFinal, emittedAt);
  }

  /** Lead times of a window's completions, in seconds. */
  public record LeadTime(long count, double mean, double min, double p50, double p95, double max) {}
}
