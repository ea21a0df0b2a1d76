package io.plotpalette.stream.lake;

import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.insights.TransitionCounts;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** An insight as a row of a silver table. */
final class TaskInsightRow {
  private TaskInsightRow() {}

  static GenericRecord of(Schema schema, TaskInsight insight) {
    TransitionCounts counts = insight.counts();
    GenericRecord row = new GenericData.Record(schema);
    if (insight.userId() != null) {
      row.put(TaskAttribute.USER_ID, insight.userId());
    }
    row.put("window_start", insight.windowStart().toEpochMilli());
    row.put("window_end", insight.windowEnd().toEpochMilli());
    row.put("created", counts.created());
    row.put("completed", counts.completed());
    row.put("reopened", counts.reopened());
    row.put("cancelled", counts.cancelled());
    row.put("deleted", counts.deleted());
    row.put("updated", counts.updated());
    row.put("open_delta", counts.openDelta());
    row.put("on_time", counts.onTime());
    row.put("overdue_completed", counts.overdueCompleted());
    TaskInsight.LeadTime leadTime = insight.leadTime();
    row.put("lead_time_count", leadTime == null ? 0L : leadTime.count());
    if (leadTime != null) {
      row.put("lead_time_mean_s", leadTime.mean());
      row.put("lead_time_min_s", leadTime.min());
      row.put("lead_time_p50_s", leadTime.p50());
      row.put("lead_time_p95_s", leadTime.p95());
      row.put("lead_time_max_s", leadTime.max());
    }
    row.put("revision", insight.revision());
    row.put("is_final", insight.isFinal());
    row.put("emitted_at", insight.emittedAt().toEpochMilli());
    return row;
  }
}
