package io.plotpalette.stream.insights;

import java.time.Instant;

/**
 * State of one user's window. A Flink POJO: its fields are state schema, add only nullable ones.
 */
public final class InsightWindow {
  public TransitionCounts counts = TransitionCounts.NONE;

  /** Sum of lead times in seconds. */
  public double leadTimeSum;

  /** KLL sketch of lead times, null before the first; see {@link LeadTimes}. */
  public byte[] leadTimeSketch;

  /** Revision last emitted, 0 before the first. */
  public long revision;

  /** Whether something changed since the last emission. */
  public boolean changed;

  void add(Transition transition) {
    counts = counts.plus(transition);
    if (transition.leadTimeSeconds() != null) {
      leadTimeSum += transition.leadTimeSeconds();
      leadTimeSketch = LeadTimes.add(leadTimeSketch, transition.leadTimeSeconds());
    }
    changed = true;
  }

  /** The next revision of the window's row. */
  TaskInsight emit(String userId, Instant start, Instant end, boolean isFinal, Instant emittedAt) {
    revision++;
    changed = false;
    TaskInsight.LeadTime leadTime =
        leadTimeSketch == null ? null : LeadTimes.summary(leadTimeSketch, leadTimeSum);
    return new TaskInsight(userId, start, end, counts, leadTime, revision, isFinal, emittedAt);
  }
}
