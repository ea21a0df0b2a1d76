package io.plotpalette.stream.insights;

/** Adds up transitions of one window until they are sent on as one {@link PartialInsight}. */
class PartialCounts {
  // Of a second's changes, so 32 bits do, and a sum takes half as many cache lines.
  private int changes;
  private int created;
  private int completed;
  private int reopened;
  private int cancelled;
  private int deleted;
  private int updated;
  private int openDelta;
  private int onTime;
  private int overdueCompleted;
  private double leadTimeMillis;

  /** In seconds; what most windows have is one, and needs no {@link LeadTimes}. */
  private double firstLeadTime;

  /** All of them from the second on, else null. */
  private LeadTimes leadTimes;

  void add(Transition transition) {
    changes++;
    created += one(transition.created());
    completed += one(transition.completed());
    reopened += one(transition.reopened());
    cancelled += one(transition.cancelled());
    deleted += one(transition.deleted());
    updated += one(transition.updated());
    openDelta += transition.openDelta();
    onTime += one(transition.onTime());
    overdueCompleted += one(transition.overdueCompleted());
    if (transition.completed()) {
      leadTimeMillis += transition.leadTimeMillis();
      addLeadTime(transition.leadTimeMillis() / 1000.0);
    }
  }

  private void addLeadTime(double seconds) {
    if (completed == 1) {
      firstLeadTime = seconds;
      return;
    }
    if (leadTimes == null) {
      leadTimes = new LeadTimes();
      leadTimes.add(firstLeadTime);
    }
    leadTimes.add(seconds);
  }

  PartialInsight toInsight(String key, long windowStart) {
    PartialInsight insight = new PartialInsight();
    insight.key = key;
    insight.windowStart = windowStart;
    insight.changes = changes;
    insight.counts =
        new TransitionCounts(
            created,
            completed,
            reopened,
            cancelled,
            deleted,
            updated,
            openDelta,
            onTime,
            overdueCompleted);
    insight.leadTimeMillis = leadTimeMillis;
    if (leadTimes == null) {
      insight.leadTimes = completed == 1 ? new double[] {firstLeadTime} : null;
    } else {
      insight.leadTimes = leadTimes.exact();
      insight.sketch = leadTimes.sketched();
    }
    return insight;
  }

  private static int one(boolean happened) {
    return happened ? 1 : 0;
  }
}
