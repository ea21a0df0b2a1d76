package io.plotpalette.stream.insights;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import io.plotpalette.stream.parse.RejectionCounters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Adds up the changes of a moment by window before they are sent to the windows' owners, so that
 * neither a busy user nor the minutes all users share cost a message and a state access a change.
 * Each grain's sums leave by {@link #tag}; changes too late for a grain leave by the main output.
 *
 * <p>The sums are in no checkpoint: what is held is sent on before each barrier, so that it is part
 * of the checkpoint as what its receivers did with it. It is also sent on before a watermark that
 * ends a window with something held, hence nothing that was in time here is late there; after a
 * pause in processing time; when there are many; and at the end of the input. An operator and not a
 * function, since functions are not told of barriers.
 */
public final class PartialInsightsOperator extends AbstractStreamOperator<Rejection>
    implements OneInputStreamOperator<TaskChange, Rejection> {
  private static final long serialVersionUID = 1L;

  /** About 100 MB at the very most; the usual is a second's worth. */
  private static final int MAX_HELD = 100_000;

  private final List<Grain> grains;
  private final long holdMillis;

  /**
   * Lowest watermark any subtask had acted on at the last checkpoint, then this subtask's own. The
   * receivers' watermark is the lowest of all, so none of them has forgotten more.
   */
  private long knownWatermark = Long.MIN_VALUE;

  private transient List<GrainSums> sums;
  private transient ScheduledFuture<?> scheduledFlush;
  private transient RejectionCounters rejections;
  private transient ListState<Long> watermarks;

  /**
   * @param hold how long sums are held, in processing time
   */
  public PartialInsightsOperator(List<Grain> grains, Duration hold) {
    this.grains = List.copyOf(grains);
    this.holdMillis = hold.toMillis();
  }

  /** Where the partial insights of a grain leave. */
  public static OutputTag<PartialInsight> tag(Grain grain) {
    return new OutputTag<>(grain.name(), TypeInformation.of(PartialInsight.class));
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    watermarks =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    long lowest = Long.MAX_VALUE;
    for (long watermark : watermarks.get()) {
      lowest = Math.min(lowest, watermark);
    }
    knownWatermark = lowest == Long.MAX_VALUE ? Long.MIN_VALUE : lowest;
  }

  @Override
  public void open() throws Exception {
    super.open();
    sums = new ArrayList<>();
    for (Grain grain : grains) {
      sums.add(new GrainSums(grain));
    }
    rejections = new RejectionCounters(getMetricGroup());
  }

  @Override
  public void processElement(StreamRecord<TaskChange> element) {
    TaskChange change = element.getValue();
    Transition transition = Transition.of(change);
    long changedAt = change.changedAt().toEpochMilli();
    int held = 0;
    List<String> lateFor = null;
    for (GrainSums grain : sums) {
      if (!grain.add(change.task(), changedAt, transition)) {
        lateFor = lateFor == null ? new ArrayList<>() : lateFor;
        lateFor.add(grain.name());
      }
      held += grain.size();
    }
    if (lateFor != null) {
      reject(change, lateFor);
    }
    if (held >= MAX_HELD) {
      flush();
    } else if (held > 0 && scheduledFlush == null) {
      long at = getProcessingTimeService().getCurrentProcessingTime() + holdMillis;
      scheduledFlush = getProcessingTimeService().registerTimer(at, time -> flushOnTimer());
    }
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    for (GrainSums grain : sums) {
      if (grain.holdsWindowEndedAt(watermark.getTimestamp())) {
        flush();
        break;
      }
    }
    knownWatermark = Math.max(knownWatermark, watermark.getTimestamp());
    super.processWatermark(watermark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    flush();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    watermarks.update(List.of(knownWatermark));
  }

  @Override
  public void finish() throws Exception {
    flush();
    super.finish();
  }

  private void flushOnTimer() {
    scheduledFlush = null;
    flush();
  }

  private void flush() {
    for (GrainSums grain : sums) {
      grain.flush();
    }
  }

  private void reject(TaskChange change, List<String> grainNames) {
    rejections.count(QualityRule.LATE);
    output.collect(
        new StreamRecord<>(
            LateChange.of(
                change,
                grainNames,
                Instant.ofEpochMilli(getProcessingTimeService().getCurrentProcessingTime()))));
  }

  /** The sums of one grain. */
  private final class GrainSums {
    private final Grain grain;
    private final WindowTimes times;
    private final OutputTag<PartialInsight> tag;
    private final Map<String, Map<Long, PartialCounts>> sumsByKey = new HashMap<>();
    private int size;
    private long firstEnd = Long.MAX_VALUE;

    GrainSums(Grain grain) {
      this.grain = grain;
      this.times = new WindowTimes(grain);
      this.tag = tag(grain);
    }

    String name() {
      return grain.name();
    }

    int size() {
      return size;
    }

    /** Whether the change was in time. */
    boolean add(Task task, long changedAt, Transition transition) {
      long start = times.startOf(changedAt);
      if (times.forgottenAt(start) <= knownWatermark) {
        return false;
      }
      String key = grain.perUser() ? task.userId() : Grain.ALL_USERS;
      Map<Long, PartialCounts> windows = sumsByKey.computeIfAbsent(key, k -> new HashMap<>());
      PartialCounts counts = windows.get(start);
      if (counts == null) {
        counts = new PartialCounts();
        windows.put(start, counts);
        size++;
        firstEnd = Math.min(firstEnd, times.lastMillis(start));
      }
      counts.add(transition);
      return true;
    }

    boolean holdsWindowEndedAt(long watermark) {
      return firstEnd <= watermark;
    }

    void flush() {
      if (size == 0) {
        return;
      }
      sumsByKey.forEach(
          (key, windows) ->
              windows.forEach(
                  (start, counts) ->
                      output.collect(tag, new StreamRecord<>(counts.toInsight(key, start)))));
      sumsByKey.clear();
      size = 0;
      firstEnd = Long.MAX_VALUE;
    }
  }
}
