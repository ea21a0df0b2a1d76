package io.plotpalette.stream;

import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.insights.InsightsFunction;
import io.plotpalette.stream.insights.PartialInsightsOperator;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.parse.ParseFunction;
import io.plotpalette.stream.parse.Rejection;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * What happens to a raw stream record; sources and sinks are given.
 *
 * <pre>
 * records → parse ─┬─ rejected ──────────────────────────────────────── quarantine
 *                  ├─ bronze-task-changes                                   │
 *                  └─ transitions ─┬─ late ─────────────────────────────────┤
 *                                  ├─ hourly-insights ───┬─ late ───────────┤
 *                                  │                     └─ silver-hourly-insights
 *                                  ├─ daily-insights ────┬─ late ───────────┤
 *                                  │                     └─ silver-daily-insights
 *                                  └─ minutely-activity ─┬─ late ───────────┘
 *                                                        └─ silver-minutely-activity
 * </pre>
 */
final class TaskInsightsPipeline {
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(1);

  private final Grains grains;

  /** When the rows of each grain are published. */
  record Grains(Grain hourly, Grain daily, Grain minutely) {
    List<Grain> all() {
      return List.of(hourly, daily, minutely);
    }

    /** How long changes are added up ahead of the windows: a fraction of what readers wait for. */
    Duration hold() {
      Duration shortest =
          all().stream().map(Grain::earlyInterval).min(Duration::compareTo).orElseThrow();
      Duration hold = shortest.dividedBy(4);
      return hold.compareTo(LONGEST_HOLD) < 0 ? hold : LONGEST_HOLD;
    }
  }

  /** Where each kind of result goes. */
  record Sinks(
      Sink<TaskChange> taskChanges,
      Sink<TaskInsight> hourlyInsights,
      Sink<TaskInsight> dailyInsights,
      Sink<TaskInsight> minutelyActivity,
      Sink<Rejection> quarantine) {}

  TaskInsightsPipeline(Grains grains) {
    this.grains = grains;
  }

  void connect(DataStream<String> records, Sinks sinks) {
    SingleOutputStreamOperator<TaskChange> changes = parse(records);
    SingleOutputStreamOperator<Rejection> transitions = transitions(changes);
    SingleOutputStreamOperator<TaskInsight> hourly =
        insights(transitions, grains.hourly(), "hourly-insights");
    SingleOutputStreamOperator<TaskInsight> daily =
        insights(transitions, grains.daily(), "daily-insights");
    SingleOutputStreamOperator<TaskInsight> minutely =
        insights(transitions, grains.minutely(), "minutely-activity");

    sink(changes, sinks.taskChanges(), "bronze-task-changes");
    sink(hourly, sinks.hourlyInsights(), "silver-hourly-insights");
    sink(daily, sinks.dailyInsights(), "silver-daily-insights");
    sink(minutely, sinks.minutelyActivity(), "silver-minutely-activity");
    sink(
        changes
            .getSideOutput(ParseFunction.REJECTED)
            .union(
                transitions,
                hourly.getSideOutput(InsightsFunction.LATE),
                daily.getSideOutput(InsightsFunction.LATE),
                minutely.getSideOutput(InsightsFunction.LATE)),
        sinks.quarantine(),
        "quarantine");
  }

  private static SingleOutputStreamOperator<TaskChange> parse(DataStream<String> records) {
    return records.process(new ParseFunction()).uid("parse").name("parse");
  }

  private SingleOutputStreamOperator<Rejection> transitions(DataStream<TaskChange> changes) {
    return changes
        .transform(
            "transitions",
            TypeInformation.of(Rejection.class),
            new PartialInsightsOperator(grains.all(), grains.hold()))
        .uid("transitions");
  }

  private static SingleOutputStreamOperator<TaskInsight> insights(
      SingleOutputStreamOperator<Rejection> transitions, Grain grain, String name) {
    return transitions
        .getSideOutput(PartialInsightsOperator.tag(grain))
        .keyBy(partial -> partial.key)
        .process(new InsightsFunction(grain))
        .uid(name)
        .name(name);
  }

  private static <T> void sink(DataStream<T> rows, Sink<T> sink, String name) {
    rows.sinkTo(sink).uid(name).name(name);
  }
}
