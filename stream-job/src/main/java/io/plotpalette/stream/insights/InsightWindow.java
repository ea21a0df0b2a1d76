package io.plotpalette.stream.insights;

import java.time.Instant;

/**
 * State of one window. A Flink POJO: its fields are state schema, add only what may be absent, and
 * take none away.
 */
public final class InsightWindow {
  public TransitionCounts counts = TransitionCounts.NONE;

  /**
   * Sum of lead times in seconds, as written before {@link #leadTimeMillis} was; zero since. Its
   * last digits depended on the order of the additions.
   */
  public double leadTimeSum;

  /** Sum of lead times in whole milliseconds: exact up to 2^53, so in any order the same. */
  public double leadTimeMillis;

  /** KLL sketch of lead times in seconds, null before the first; see {@link LeadTimes}. */
  public byte[] leadTimeSketch;

  /** Revision last emitted, 0 before the first. */
  public long revision;

  /** Whether something changed since the last emission. */
  public boolean changed;

  void add(PartialInsight partial) {
    counts = counts.plus(partial.counts);
    leadTimeMillis += partial.leadTimeMillis;
    leadTimeSketch = LeadTimes.merge(leadTimeSketch, partial.leadTimes, partial.sketch);
    changed = true;
  }

  /** The next revision of the window's row. */
  TaskInsight emit(String userId, Instant start, Instant end, boolean isFinal, Instant emittedAt) {
    revision++;
    changed = false;
    TaskInsight.LeadTime leadTime =
        leadTimeSketch == null
            ? null
            : LeadTimes.summary(leadTimeSketch, leadTimeMillis + Math.rint(leadTimeSum * 1000));
    return new TaskInsight(userId, start, end, counts, leadTime, revision, isFinal, emittedAt);
  }
}
