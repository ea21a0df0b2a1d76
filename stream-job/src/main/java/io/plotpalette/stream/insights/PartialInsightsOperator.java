package io.plotpalette.stream.insights;

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

  private transient GrainSums[] sums;
  private transient Map<String, KeySums> users;
  private transient KeySums allUsers;

  /** Windows with a sum. */
  private transient int held;

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
    sums = new GrainSums[grains.size()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new GrainSums(grains.get(i), i);
    }
    users = new HashMap<>();
    allUsers = new KeySums(sums.length);
    rejections = new RejectionCounters(getMetricGroup());
  }

  @Override
  public void processElement(StreamRecord<TaskChange> element) {
    TaskChange change = element.getValue();
    Transition transition = Transition.of(change);
    long changedAt = change.changedAt().toEpochMilli();
    List<String> lateFor = null;
    KeySums user = users.get(change.task().userId());
    if (user == null) {
      user = new KeySums(sums.length);
      users.put(change.task().userId(), user);
    }
    for (GrainSums grain : sums) {
      if (!grain.add(user, changedAt, transition)) {
        lateFor = lateFor == null ? new ArrayList<>() : lateFor;
        lateFor.add(grain.name());
      }
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
    if (users.isEmpty()) {
      return;
    }
    users.forEach(this::flush);
    users.clear();
    flush(Grain.ALL_USERS, allUsers);
    allUsers = new KeySums(sums.length);
    for (GrainSums grain : sums) {
      grain.firstEnd = Long.MAX_VALUE;
    }
    held = 0;
  }

  private void flush(String key, KeySums ofKey) {
    for (GrainSums grain : sums) {
      grain.flush(key, ofKey);
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

  /** The sums of one key, of which all grains are found at once. */
  private static final class KeySums {
    /** By grain; null if it has none. */
    private final WindowSum[] first;

    KeySums(int grains) {
      first = new WindowSum[grains];
    }
  }

  /** The sum of one window, and the key's next of the same grain: mostly there is one. */
  private static final class WindowSum extends PartialCounts {
    private final long start;
    private final WindowSum next;

    WindowSum(long start, WindowSum next) {
      this.start = start;
      this.next = next;
    }
  }

  /** The windows of one grain. */
  private final class GrainSums {
    private final Grain grain;
    private final int index;
    private final WindowTimes times;
    private final OutputTag<PartialInsight> tag;
    private long firstEnd = Long.MAX_VALUE;

    GrainSums(Grain grain, int index) {
      this.grain = grain;
      this.index = index;
      this.times = new WindowTimes(grain);
      this.tag = tag(grain);
    }

    String name() {
      return grain.name();
    }

    /** Whether the change was in time. */
    boolean add(KeySums user, long changedAt, Transition transition) {
      long start = times.startOf(changedAt);
      if (times.forgottenAt(start) <= knownWatermark) {
        return false;
      }
      KeySums key = grain.perUser() ? user : allUsers;
      WindowSum sum = key.first[index];
      while (sum != null && sum.start != start) {
        sum = sum.next;
      }
      if (sum == null) {
        sum = new WindowSum(start, key.first[index]);
        key.first[index] = sum;
        held++;
        firstEnd = Math.min(firstEnd, times.lastMillis(start));
      }
      sum.add(transition);
      return true;
    }

    boolean holdsWindowEndedAt(long watermark) {
      return firstEnd <= watermark;
    }

    void flush(String key, KeySums ofKey) {
      for (WindowSum sum = ofKey.first[index]; sum != null; sum = sum.next) {
        output.collect(tag, new StreamRecord<>(sum.toInsight(key, sum.start)));
      }
    }
  }
}
