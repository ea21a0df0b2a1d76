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

  /**
   * Lead times in seconds while they are few and there is no sketch, else null. Absent from states
   * of earlier versions, which had a sketch from the first on.
   */
  public double[] leadTimes;

  /** KLL sketch of lead times in seconds once they are many, else null; see {@link LeadTimes}. */
  public byte[] leadTimeSketch;

  /** Revision last emitted, 0 before the first. */
  public long revision;

  /** Whether something changed since the last emission. */
  public boolean changed;

  /**
   * Whether a row was emitted that says it is final. Absent from states of earlier versions, whose
   * windows that have ended are published once more.
   */
  public boolean finalPublished;

  void add(PartialInsight partial) {
    // Most windows have one partial insight, and counts never change.
    counts = counts.equals(TransitionCounts.NONE) ? partial.counts : counts.plus(partial.counts);
    leadTimeMillis += partial.leadTimeMillis;
    addLeadTimes(partial);
    changed = true;
  }

  private void addLeadTimes(PartialInsight partial) {
    if (partial.leadTimes == null && partial.sketch == null) {
      return;
    }
    if (leadTimeSketch == null && partial.sketch == null) {
      double[] both = LeadTimes.few(leadTimes, partial.leadTimes);
      if (both != null) {
        leadTimes = both;
        return;
      }
    }
    leadTimeSketch = LeadTimes.merge(leadTimeSketch, leadTimes, partial.leadTimes, partial.sketch);
    leadTimes = null;
  }

  /** The next revision of the window's row. */
  TaskInsight publish(
      String userId, Instant start, Instant end, boolean isFinal, Instant emittedAt) {
    revision++;
    changed = false;
    finalPublished |= isFinal;
    double sumMillis = leadTimeMillis + Math.rint(leadTimeSum * 1000);
    TaskInsight.LeadTime leadTime = null;
    if (leadTimeSketch != null) {
      leadTime = LeadTimes.summary(leadTimeSketch, sumMillis);
    } else if (leadTimes != null) {
      leadTime = LeadTimes.summary(leadTimes, sumMillis);
    }
    return new TaskInsight(userId, start, end, counts, leadTime, revision, isFinal, emittedAt);
  }
}
