package io.plotpalette.stream.repair;

import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.TaskInsightsPipeline;
import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.lake.LakeSinks;
import io.plotpalette.stream.lake.LakeSources;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The insights of whole days once more, from bronze, as the next revision of each window: what came
 * too late for its window, or was replayed into bronze, is then counted. The operators are the
 * job's own; where nothing was late the new rows say what the old ones say.
 */
public final class Rebuild {
  /** No early rows: longer than any rebuild. */
  private static final Duration NEVER = Duration.ofDays(365);

  private Rebuild() {}

  /** How many rows were written, by table. */
  public record Summary(long hourly, long daily, long minutely) {}

  /**
   * Runs to the end. Nothing is visible in the lake if it fails.
   *
   * @param env without checkpoints, given over to this run
   * @param lake what lies above the folder {@code lake/}
   * @param forgottenAfter longest allowed lateness and watermark bound of the job together; younger
   *     days are refused, since the job may yet publish revisions of its own for them
   * @throws IllegalArgumentException if the job may still correct one of the days, or bronze has
   *     none of them
   */
  public static Summary run(
      StreamExecutionEnvironment env, URI lake, DayRange days, Duration forgottenAfter, Instant now)
      throws Exception {
    if (days.end().plus(forgottenAfter).isAfter(now)) {
      throw new IllegalArgumentException(
          "The job may still correct %s itself: rebuild it after %s"
              .formatted(days.last(), days.end().plus(forgottenAfter)));
    }
    Path[] bronze = days.folders(lake, LakeTable.TASK_CHANGES.path());
    if (bronze.length == 0) {
      throw new IllegalArgumentException(
          "Bronze has no changes from %s to %s".formatted(days.first(), days.last()));
    }
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    TaskInsightsPipeline.Insights insights =
        new TaskInsightsPipeline(
                new TaskInsightsPipeline.Grains(
                    Grain.hourly(NEVER, Duration.ZERO),
                    Grain.daily(NEVER, Duration.ZERO),
                    Grain.minutely(NEVER, Duration.ZERO)))
            .insights(changesOnce(env, bronze));
    LakeSinks sinks = new LakeSinks(lake);
    write(
        env, insights.hourly(), lake, days, LakeTable.TASK_INSIGHTS_HOURLY, sinks.hourlyInsights());
    write(env, insights.daily(), lake, days, LakeTable.TASK_INSIGHTS_DAILY, sinks.dailyInsights());
    write(
        env,
        insights.minutely(),
        lake,
        days,
        LakeTable.TASK_ACTIVITY_MINUTELY,
        sinks.minutelyActivity());
    JobExecutionResult result = env.execute("rebuild " + days.first() + " to " + days.last());
    return new Summary(
        written(result, LakeTable.TASK_INSIGHTS_HOURLY),
        written(result, LakeTable.TASK_INSIGHTS_DAILY),
        written(result, LakeTable.TASK_ACTIVITY_MINUTELY));
  }

  private static long written(JobExecutionResult result, LakeTable table) {
    Long rows = result.getAccumulatorResult(table.sqlName());
    return rows == null ? 0 : rows;
  }

  /** A job that was once started without its state has written a day of changes again. */
  private static DataStream<TaskChange> changesOnce(
      StreamExecutionEnvironment env, Path[] folders) {
    return LakeSources.taskChanges(env, folders, "bronze-task-changes")
        .keyBy(TaskChange::changeId)
        .filter(new FirstOfKey<>())
        .uid("changes-once")
        .name("changes-once");
  }

  private static void write(
      StreamExecutionEnvironment env,
      DataStream<TaskInsight> rebuilt,
      URI lake,
      DayRange days,
      LakeTable table,
      Sink<TaskInsight> sink)
      throws IOException {
    String name = table.sqlName();
    rebuilt
        .connect(revisions(env, days.folders(lake, table.path()), table))
        .keyBy(
            insight -> Tuple2.of(key(insight.userId()), insight.windowStart().toEpochMilli()),
            revision -> Tuple2.of(revision.f0, revision.f1),
            Types.TUPLE(Types.STRING, Types.LONG))
        .process(new NextRevision(name))
        .uid("next-revision-" + name)
        .name("next-revision-" + name)
        .sinkTo(sink)
        .uid("silver-" + name)
        .name("silver-" + name);
  }

  /** Key, window start and revision of every row that is there. */
  private static DataStream<Tuple3<String, Long, Long>> revisions(
      StreamExecutionEnvironment env, Path[] folders, LakeTable table) {
    TypeInformation<Tuple3<String, Long, Long>> type =
        Types.TUPLE(Types.STRING, Types.LONG, Types.LONG);
    String name = "revisions-" + table.sqlName();
    return folders.length == 0
        ? env.fromData(type).uid(name).name(name)
        : LakeSources.rows(env, table, folders, Rebuild::revision, type, name);
  }

  private static Tuple3<String, Long, Long> revision(GenericRecord row) {
    String userId =
        row.hasField(TaskAttribute.USER_ID) ? row.get(TaskAttribute.USER_ID).toString() : null;
    return Tuple3.of(key(userId), (Long) row.get("window_start"), (Long) row.get("revision"));
  }

  private static String key(String userId) {
    return userId == null ? "" : userId;
  }

  /** A rebuilt row under the revision after the highest there is, once all are known. */
  private static final class NextRevision
      extends KeyedCoProcessFunction<
          Tuple2<String, Long>, TaskInsight, Tuple3<String, Long, Long>, TaskInsight> {
    private static final long serialVersionUID = 1L;

    private final String counterName;
    private final LongCounter written = new LongCounter();
    private transient ValueState<TaskInsight> rebuilt;
    private transient ValueState<Long> highest;

    NextRevision(String counterName) {
      this.counterName = counterName;
    }

    @Override
    public void open(OpenContext context) {
      getRuntimeContext().addAccumulator(counterName, written);
      rebuilt =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>("rebuilt", TypeInformation.of(TaskInsight.class)));
      highest =
          getRuntimeContext().getState(new ValueStateDescriptor<>("highest-revision", Types.LONG));
    }

    @Override
    public void processElement1(TaskInsight insight, Context context, Collector<TaskInsight> out)
        throws Exception {
      rebuilt.update(insight);
      context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void processElement2(
        Tuple3<String, Long, Long> revision, Context context, Collector<TaskInsight> out)
        throws Exception {
      Long before = highest.value();
      highest.update(before == null ? revision.f2 : Math.max(before, revision.f2));
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<TaskInsight> out)
        throws Exception {
      Long before = highest.value();
      out.collect(rebuilt.value().withRevision(before == null ? 1 : before + 1));
      written.add(1);
    }
  }
}
