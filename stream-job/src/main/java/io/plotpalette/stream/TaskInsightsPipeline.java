package io.plotpalette.stream;

import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.insights.InsightsOperator;
import io.plotpalette.stream.insights.PartialInsightsOperator;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.lake.LakeSinks;
import io.plotpalette.stream.parse.ParseFunction;
import io.plotpalette.stream.parse.Rejection;
import io.plotpalette.stream.runs.RateLimit;
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
 * records → parse ─┬─ bronze-task-changes
 *                  ├─ transitions ─┬─ hourly-insights ─── silver-hourly-insights
 *                  │               ├─ daily-insights ──── silver-daily-insights
 *                  │               └─ minutely-activity ─ silver-minutely-activity
 *                  └─ rejected, and late from the four above ─┬─ quarantine
 *                                                             └─ rejection-runs
 * </pre>
 */
public final class TaskInsightsPipeline {
  /** A second's work for the table, and more than anybody looks at. */
  private static final int RUNS_A_MINUTE = 500;

  private static final Duration LONGEST_HOLD = Duration.ofSeconds(1);

  private final Grains grains;

  /** When the rows of each grain are published. */
  public record Grains(Grain hourly, Grain daily, Grain minutely) {
    private List<Grain> all() {
      return List.of(hourly, daily, minutely);
    }

    /** How long changes are added up ahead of the windows: a fraction of what readers wait for. */
    private Duration hold() {
      Duration shortest =
          all().stream().map(Grain::earlyInterval).min(Duration::compareTo).orElseThrow();
      Duration hold = shortest.dividedBy(4);
      return hold.compareTo(LONGEST_HOLD) < 0 ? hold : LONGEST_HOLD;
    }
  }

  /**
   * Where each kind of result goes.
   *
   * @param runs takes only the first rejections of each minute; null for none
   */
  public record Sinks(
      Sink<TaskChange> taskChanges,
      Sink<TaskInsight> hourlyInsights,
      Sink<TaskInsight> dailyInsights,
      Sink<TaskInsight> minutelyActivity,
      Sink<Rejection> quarantine,
      Sink<Rejection> runs) {

    /**
     * Everything into one lake.
     *
     * @param runs null if rejections leave no rows
     */
    public static Sinks of(LakeSinks lake, Sink<Rejection> runs) {
      return new Sinks(
          lake.taskChanges(),
          lake.hourlyInsights(),
          lake.dailyInsights(),
          lake.minutelyActivity(),
          lake.quarantine(),
          runs);
    }
  }

  /** The rows of each grain, and the changes that came too late for them. */
  public record Insights(
      DataStream<TaskInsight> hourly,
      DataStream<TaskInsight> daily,
      DataStream<TaskInsight> minutely,
      DataStream<Rejection> late) {}

  public TaskInsightsPipeline(Grains grains) {
    this.grains = grains;
  }

  public void connect(DataStream<byte[]> records, Sinks sinks) {
    SingleOutputStreamOperator<TaskChange> changes = parse(records);
    Insights insights = insights(changes);

    sink(changes, sinks.taskChanges(), "bronze-task-changes");
    sink(insights.hourly(), sinks.hourlyInsights(), "silver-hourly-insights");
    sink(insights.daily(), sinks.dailyInsights(), "silver-daily-insights");
    sink(insights.minutely(), sinks.minutelyActivity(), "silver-minutely-activity");
    DataStream<Rejection> rejections =
        changes.getSideOutput(ParseFunction.REJECTED).union(insights.late());
    sink(rejections, sinks.quarantine(), "quarantine");
    if (sinks.runs() != null) {
      sink(limitedRuns(rejections), sinks.runs(), "rejection-runs");
    }
  }

  /** What comes after parsing, also when it is done again over bronze. */
  public Insights insights(DataStream<TaskChange> changes) {
    SingleOutputStreamOperator<Rejection> transitions = transitions(changes);
    SingleOutputStreamOperator<TaskInsight> hourly =
        insights(transitions, grains.hourly(), "hourly-insights");
    SingleOutputStreamOperator<TaskInsight> daily =
        insights(transitions, grains.daily(), "daily-insights");
    SingleOutputStreamOperator<TaskInsight> minutely =
        insights(transitions, grains.minutely(), "minutely-activity");
    return new Insights(
        hourly,
        daily,
        minutely,
        transitions.union(
            hourly.getSideOutput(InsightsOperator.LATE),
            daily.getSideOutput(InsightsOperator.LATE),
            minutely.getSideOutput(InsightsOperator.LATE)));
  }

  private static DataStream<Rejection> limitedRuns(DataStream<Rejection> rejections) {
    return rejections
        .process(new RateLimit<>(RUNS_A_MINUTE, Duration.ofMinutes(1)))
        .returns(Rejection.class)
        .uid("rejection-runs-limit")
        .name("rejection-runs-limit");
  }

  private static SingleOutputStreamOperator<TaskChange> parse(DataStream<byte[]> records) {
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
        .transform(name, TypeInformation.of(TaskInsight.class), new InsightsOperator(grain))
        .uid(name);
  }

  private static <T> void sink(DataStream<T> rows, Sink<T> sink, String name) {
    rows.sinkTo(sink).uid(name).name(name);
  }
}
