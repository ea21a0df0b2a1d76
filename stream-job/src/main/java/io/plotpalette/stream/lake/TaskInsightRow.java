package io.plotpalette.stream.lake;

import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.insights.TransitionCounts;

/** An insight as a row of a silver table. */
final class TaskInsightRow {
  private TaskInsightRow() {}

  /** A row of a table per user. */
  static void ofUser(TaskInsight insight, ColumnWriter row) {
    row.text(TaskAttribute.USER_ID, insight.userId());
    ofAll(insight, row);
  }

  /** A row of a table over all users. */
  static void ofAll(TaskInsight insight, ColumnWriter row) {
    TransitionCounts counts = insight.counts();
    TaskInsight.LeadTime leadTime = insight.leadTime();
    row.number("window_start", insight.windowStart().toEpochMilli());
    row.number("window_end", insight.windowEnd().toEpochMilli());
    row.number("created", counts.created());
    row.number("completed", counts.completed());
    row.number("reopened", counts.reopened());
    row.number("cancelled", counts.cancelled());
    row.number("deleted", counts.deleted());
    row.number("updated", counts.updated());
    row.number("open_delta", counts.openDelta());
    row.number("on_time", counts.onTime());
    row.number("overdue_completed", counts.overdueCompleted());
    row.number("lead_time_count", leadTime == null ? 0L : leadTime.count());
    row.fraction("lead_time_mean_s", leadTime == null ? null : (Double) leadTime.mean());
    row.fraction("lead_time_min_s", leadTime == null ? null : (Double) leadTime.min());
    row.fraction("lead_time_p50_s", leadTime == null ? null : (Double) leadTime.p50());
    row.fraction("lead_time_p95_s", leadTime == null ? null : (Double) leadTime.p95());
    row.fraction("lead_time_max_s", leadTime == null ? null : (Double) leadTime.max());
    row.number("revision", insight.revision());
    row.truth("is_final", insight.isFinal());
    row.number("emitted_at", insight.emittedAt().toEpochMilli());
  }
}
