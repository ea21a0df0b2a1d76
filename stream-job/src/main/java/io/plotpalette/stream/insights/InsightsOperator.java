package io.plotpalette.stream.insights;

import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import io.plotpalette.stream.parse.RejectionCounters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Partial insights of one key to tumbling event-time windows that are published early, finally and,
 * if late changes come, again.
 *
 * <p>Flink's window operator is not used, for three reasons: its time is the record's timestamp,
 * while here the watermark follows the stream's clock and windows the change's own time; its panes
 * know no revision number; and after a restore, before the first watermark, it would open a window
 * again that it had closed before.
 *
 * <p>Nor are Flink's timers, of which each window would have two: windows of all keys end at the
 * same few instants, so lists of keys by window start do, see {@link OpenWindows}.
 */
public final class InsightsOperator extends AbstractStreamOperator<TaskInsight>
    implements OneInputStreamOperator<PartialInsight, TaskInsight>,
        Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  /** What came for a window that is already forgotten. */
  public static final OutputTag<Rejection> LATE = new OutputTag<>("late") {};

  private final Grain grain;

  /** Highest watermark this subtask, or before a restore any subtask, acted on. */
  private long knownWatermark = Long.MIN_VALUE;

  private transient WindowTimes times;
  private transient OpenWindows openWindows;
  private transient RejectionCounters rejections;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient MapState<Long, InsightWindow> windows;
  private transient ValueState<Long> nextEarlyEmission;
  private transient ListState<Long> watermarks;

  public InsightsOperator(Grain grain) {
    this.grain = grain;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    watermarks =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    for (long watermark : watermarks.get()) {
      knownWatermark = Math.max(knownWatermark, watermark);
    }
    times = new WindowTimes(grain);
    openWindows = new OpenWindows(times);
    MapStateDescriptor<Long, InsightWindow> descriptor =
        new MapStateDescriptor<>("windows", Types.LONG, TypeInformation.of(InsightWindow.class));
    windows = context.getKeyedStateStore().getMapState(descriptor);
    nextEarlyEmission =
        context
            .getKeyedStateStore()
            .getState(new ValueStateDescriptor<>("next-early-emission", Types.LONG));
    if (context.isRestored()) {
      KeyedStateBackend<String> backend = getKeyedStateBackend();
      backend.applyToAllKeys(
          VoidNamespace.INSTANCE,
          VoidNamespaceSerializer.INSTANCE,
          descriptor,
          (key, ofKey) -> {
            for (Long start : ofKey.keys()) {
              openWindows.add(start, key);
            }
          });
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    watermarks.update(List.of(knownWatermark));
  }

  @Override
  public void open() throws Exception {
    super.open();
    // Under the name that process functions give theirs, which this operator was once.
    timers = getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, this);
    rejections = new RejectionCounters(getMetricGroup());
  }

  @Override
  public void processElement(StreamRecord<PartialInsight> element) throws Exception {
    PartialInsight partial = element.getValue();
    Long start = partial.windowStart;
    InsightWindow window = windows.get(start);
    if (window == null) {
      if (times.forgottenAt(start) <= knownWatermark) {
        rejections.count(QualityRule.LATE);
        output.collect(LATE, new StreamRecord<>(LateChange.of(partial, grain, now())));
        return;
      }
      window = new InsightWindow();
      openWindows.add(start, partial.key);
    }
    // What has changed already waits for an early emission.
    boolean waits = window.changed;
    window.add(partial);
    windows.put(start, window);
    if (!waits && nextEarlyEmission.value() == null) {
      long at = timers.currentProcessingTime() + grain.earlyInterval().toMillis();
      timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, at);
      nextEarlyEmission.update(at);
    }
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    knownWatermark = Math.max(knownWatermark, watermark.getTimestamp());
    openWindows.advance(watermark.getTimestamp(), this::publishFinally, this::forget);
    super.processWatermark(watermark);
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    nextEarlyEmission.clear();
    List<Map.Entry<Long, InsightWindow>> changed = new ArrayList<>();
    for (Map.Entry<Long, InsightWindow> entry : windows.entries()) {
      if (entry.getValue().changed) {
        changed.add(Map.entry(entry.getKey(), entry.getValue()));
      }
    }
    // Not while iterating: backends that hold state off the heap see only what is put back.
    for (Map.Entry<Long, InsightWindow> entry : changed) {
      publish(entry.getKey(), timer.getKey(), entry.getValue());
      windows.put(entry.getKey(), entry.getValue());
    }
  }

  /** Of states that an earlier version wrote, whose windows are in {@link #openWindows}. */
  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) {}

  private void publishFinally(Long start, String key) throws Exception {
    setCurrentKey(key);
    InsightWindow window = windows.get(start);
    // It may have been, before a restore, or as an early row of a window that opened late.
    if (window.changed || !window.finalPublished) {
      publish(start, key, window);
      windows.put(start, window);
    }
  }

  private void forget(Long start, String key) throws Exception {
    setCurrentKey(key);
    InsightWindow window = windows.get(start);
    if (window.changed) {
      publish(start, key, window);
    }
    windows.remove(start);
  }

  private void publish(Long start, String key, InsightWindow window) {
    output.collect(
        new StreamRecord<>(
            window.publish(
                grain.perUser() ? key : null,
                Instant.ofEpochMilli(start),
                Instant.ofEpochMilli(times.end(start)),
                times.lastMillis(start) <= knownWatermark,
                now())));
  }

  private Instant now() {
    return Instant.ofEpochMilli(timers.currentProcessingTime());
  }
}
