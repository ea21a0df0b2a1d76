package io.plotpalette.stream;

import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.insights.InsightsFunction;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.insights.Transition;
import io.plotpalette.stream.parse.ParseFunction;
import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * What happens to a raw stream record; sources and sinks are given.
 *
 * <pre>
 * records → parse ─┬─ rejected ─────────────────────────────┬─ quarantine
 *                  ├─ bronze-task-changes                   │
 *                  └─ transitions → hourly-insights ─┬─ late ┘
 *                                                    └─ silver-hourly-insights
 * </pre>
 */
final class TaskInsightsPipeline {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Duration earlyInterval;
  private final Duration allowedLateness;

  /** Where each kind of result goes. */
  record Sinks(
      Sink<TaskChange> taskChanges, Sink<TaskInsight> hourlyInsights, Sink<Rejection> quarantine) {}

  TaskInsightsPipeline(Duration earlyInterval, Duration allowedLateness) {
    this.earlyInterval = earlyInterval;
    this.allowedLateness = allowedLateness;
  }

  void connect(DataStream<String> records, Sinks sinks) {
    SingleOutputStreamOperator<TaskChange> changes = parse(records);
    SingleOutputStreamOperator<TaskInsight> hourly = hourlyInsights(transitions(changes));

    changes.sinkTo(sinks.taskChanges()).uid("bronze-task-changes").name("bronze-task-changes");
    hourly
        .sinkTo(sinks.hourlyInsights())
        .uid("silver-hourly-insights")
        .name("silver-hourly-insights");
    changes
        .getSideOutput(ParseFunction.REJECTED)
        .union(lateRejections(hourly))
        .sinkTo(sinks.quarantine())
        .uid("quarantine")
        .name("quarantine");
  }

  private static SingleOutputStreamOperator<TaskChange> parse(DataStream<String> records) {
    return records.process(new ParseFunction()).uid("parse").name("parse");
  }

  private static DataStream<Transition> transitions(DataStream<TaskChange> changes) {
    return changes
        .map(Transition::of)
        .returns(Transition.class)
        .uid("transitions")
        .name("transitions");
  }

  private SingleOutputStreamOperator<TaskInsight> hourlyInsights(
      DataStream<Transition> transitions) {
    return transitions
        .keyBy(Transition::userId)
        .process(new InsightsFunction(HOUR, earlyInterval, allowedLateness))
        .uid("hourly-insights")
        .name("hourly-insights");
  }

  private static DataStream<Rejection> lateRejections(
      SingleOutputStreamOperator<TaskInsight> hourly) {
    return hourly
        .getSideOutput(InsightsFunction.LATE)
        .process(new LateRejection())
        .uid("late-hourly-insights")
        .name("late-hourly-insights");
  }

  /** A late transition as a rejection; the change itself is in bronze and only named here. */
  private static final class LateRejection extends ProcessFunction<Transition, Rejection> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Transition late, Context context, Collector<Rejection> out) {
      String change =
          "{\"change_id\":\"%s\",\"user_id\":\"%s\",\"changed_at\":\"%s\"}"
              .formatted(late.changeId(), late.userId(), IsoMillis.format(late.changedAt()));
      out.collect(
          new Rejection(
              QualityRule.LATE,
              "hourly window already forgotten; rebuild brings the change in",
              change,
              late.changedAt(),
              Instant.ofEpochMilli(context.timerService().currentProcessingTime())));
    }
  }
}
