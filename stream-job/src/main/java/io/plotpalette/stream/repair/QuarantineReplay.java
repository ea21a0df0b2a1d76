package io.plotpalette.stream.repair;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.lake.LakeSinks;
import io.plotpalette.stream.lake.LakeSources;
import io.plotpalette.stream.parse.ParseFunction;
import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.TaskChangeType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Quarantined records once more through the rules as they are today; what keeps them now and is not
 * in bronze yet is written there, with today's {@code ingested_at}. What still breaks a rule stays
 * where it is, and nothing is taken out of quarantine, so it can be run as often as one likes. The
 * windows of the days it names are then brought up to date by {@link Rebuild}.
 */
public final class QuarantineReplay {
  /** Days between a record's folder in quarantine, of the stream's time, and its change's own. */
  private static final int DAYS_APART = 1;

  private static final String READ = "read";
  private static final String KEPT = "kept";
  private static final String WRITTEN = "written-";

  private QuarantineReplay() {}

  /**
   * What became of the records; {@code read - refused - written} were in bronze already.
   *
   * @param read records read, without those that were only late
   * @param refused that still break a rule
   * @param written new rows in bronze
   * @param days of the new rows, in need of a rebuild
   */
  public record Summary(long read, long refused, long written, SortedSet<LocalDate> days) {}

  /**
   * Runs to the end. Nothing is visible in the lake if it fails.
   *
   * @param env without checkpoints, given over to this run
   * @param lake what lies above the folder {@code lake/}
   * @param days by which the quarantine is partitioned: those of the stream's time
   * @throws IllegalArgumentException if the quarantine has none of the days
   */
  public static Summary run(StreamExecutionEnvironment env, URI lake, DayRange days)
      throws Exception {
    Path[] quarantine = days.folders(lake, LakeTable.TASK_CHANGES_QUARANTINE_PATH);
    if (quarantine.length == 0) {
      throw new IllegalArgumentException(
          "Nothing is in quarantine from %s to %s".formatted(days.first(), days.last()));
    }
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    SingleOutputStreamOperator<TaskChange> changes =
        LakeSources.lines(env, quarantine, "quarantine")
            .flatMap(new RawRecords())
            .returns(byte[].class)
            .uid("raw-records")
            .name("raw-records")
            .map(new Counted<>(READ))
            .returns(byte[].class)
            .uid("count-read")
            .name("count-read")
            .process(new ParseFunction())
            .uid("parse")
            .name("parse")
            .map(new Counted<>(KEPT))
            .returns(TaskChangeType.info())
            .uid("count-kept")
            .name("count-kept");
    Path[] bronze = days.widened(DAYS_APART).folders(lake, LakeTable.TASK_CHANGES.path());
    changes
        .connect(idsInBronze(env, bronze))
        .keyBy(TaskChange::changeId, id -> id, Types.STRING)
        .process(new NotInBronze())
        .returns(TaskChangeType.info())
        .uid("not-in-bronze")
        .name("not-in-bronze")
        .sinkTo(new LakeSinks(lake).taskChanges())
        .uid("bronze-task-changes")
        .name("bronze-task-changes");
    return summary(env.execute("replay of quarantine " + days.first() + " to " + days.last()));
  }

  private static Summary summary(JobExecutionResult result) {
    Map<String, Object> counts = new TreeMap<>(result.getAllAccumulatorResults());
    SortedSet<LocalDate> days = new TreeSet<>();
    long written = 0;
    for (Map.Entry<String, Object> count : counts.entrySet()) {
      if (count.getKey().startsWith(WRITTEN)) {
        days.add(LocalDate.parse(count.getKey().substring(WRITTEN.length())));
        written += (Long) count.getValue();
      }
    }
    long read = (Long) counts.get(READ);
    return new Summary(read, read - (Long) counts.get(KEPT), written, days);
  }

  private static DataStream<String> idsInBronze(StreamExecutionEnvironment env, Path[] folders) {
    String name = "ids-in-bronze";
    return folders.length == 0
        ? env.fromData(Types.STRING).uid(name).name(name)
        : LakeSources.rows(
            env,
            LakeTable.TASK_CHANGES,
            folders,
            row -> row.get("change_id").toString(),
            Types.STRING,
            name);
  }

  /** The records of quarantine lines, but of those that were late, which are in bronze. */
  private static final class RawRecords implements FlatMapFunction<String, byte[]> {
    private static final long serialVersionUID = 1L;
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public void flatMap(String line, Collector<byte[]> out) throws IOException {
      String rule = null;
      String record = null;
      try (JsonParser json = JSON.createParser(line)) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          json.nextToken();
          switch (name) {
            case "rule" -> rule = json.getValueAsString();
            case "record" -> record = json.getValueAsString();
            default -> json.skipChildren();
          }
        }
      } catch (JsonProcessingException e) {
        throw new IOException("A quarantine file holds a line that the job did not write", e);
      }
      if (record != null && !QualityRule.LATE.id().equals(rule)) {
        out.collect(record.getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** Counts what passes. */
  private static final class Counted<T> extends RichMapFunction<T, T> {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final LongCounter count = new LongCounter();

    Counted(String name) {
      this.name = name;
    }

    @Override
    public void open(OpenContext context) {
      getRuntimeContext().addAccumulator(name, count);
    }

    @Override
    public T map(T element) {
      count.add(1);
      return element;
    }
  }

  /** Changes of which bronze has no row, each once, as soon as all rows are known. */
  private static final class NotInBronze
      extends KeyedCoProcessFunction<String, TaskChange, String, TaskChange> {
    private static final long serialVersionUID = 1L;

    private final TreeMap<String, LongCounter> written = new TreeMap<>();
    private transient ValueState<TaskChange> candidate;
    private transient ValueState<Boolean> inBronze;

    @Override
    public void open(OpenContext context) {
      candidate =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("candidate", TaskChangeType.info()));
      inBronze =
          getRuntimeContext().getState(new ValueStateDescriptor<>("in-bronze", Types.BOOLEAN));
    }

    @Override
    public void processElement1(TaskChange change, Context context, Collector<TaskChange> out)
        throws Exception {
      candidate.update(change);
      context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void processElement2(String id, Context context, Collector<TaskChange> out)
        throws Exception {
      inBronze.update(true);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<TaskChange> out)
        throws Exception {
      if (inBronze.value() != null) {
        return;
      }
      TaskChange change = candidate.value();
      out.collect(change);
      String day = LocalDate.ofInstant(change.changedAt(), ZoneOffset.UTC).toString();
      LongCounter counter = written.get(day);
      if (counter == null) {
        counter = new LongCounter();
        written.put(day, counter);
        getRuntimeContext().addAccumulator(WRITTEN + day, counter);
      }
      counter.add(1);
    }
  }
}
