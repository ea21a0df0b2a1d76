package io.plotpalette.stream.insights;

import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import io.plotpalette.stream.parse.RejectionCounters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Partial insights of one key to tumbling event-time windows that are published early, finally and,
 * if late changes come, again.
 *
 * <p>Flink's window operator is not used, for three reasons: its time is the record's timestamp,
 * while here the watermark follows the stream's clock and windows the change's own time; its panes
 * know no revision number; and after a restore, before the first watermark, it would open a window
 * again that it had closed before.
 */
public final class InsightsFunction
    extends KeyedProcessFunction<String, PartialInsight, TaskInsight>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** What came for a window that is already forgotten. */
  public static final OutputTag<Rejection> LATE = new OutputTag<>("late") {};

  private final Grain grain;

  /** Highest watermark this subtask, or before a restore any subtask, acted on. */
  private long knownWatermark = Long.MIN_VALUE;

  private transient WindowTimes times;
  private transient RejectionCounters rejections;
  private transient MapState<Long, InsightWindow> windows;
  private transient ValueState<Long> nextEarlyEmission;
  private transient ListState<Long> watermarks;

  public InsightsFunction(Grain grain) {
    this.grain = grain;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    watermarks =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    for (long watermark : watermarks.get()) {
      knownWatermark = Math.max(knownWatermark, watermark);
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    watermarks.update(List.of(knownWatermark));
  }

  @Override
  public void open(OpenContext context) {
    times = new WindowTimes(grain);
    rejections = new RejectionCounters(getRuntimeContext().getMetricGroup());
    windows =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "windows", Types.LONG, TypeInformation.of(InsightWindow.class)));
    nextEarlyEmission =
        getRuntimeContext().getState(new ValueStateDescriptor<>("next-early-emission", Types.LONG));
  }

  @Override
  public void processElement(PartialInsight partial, Context context, Collector<TaskInsight> out)
      throws Exception {
    knownWatermark = Math.max(knownWatermark, context.timerService().currentWatermark());
    long now = context.timerService().currentProcessingTime();
    long start = partial.windowStart;
    InsightWindow window = windows.get(start);
    if (window == null) {
      if (times.forgottenAt(start) <= knownWatermark) {
        rejections.count(QualityRule.LATE);
        context.output(LATE, LateChange.of(partial, grain, Instant.ofEpochMilli(now)));
        return;
      }
      window = new InsightWindow();
      context.timerService().registerEventTimeTimer(times.lastMillis(start));
      context.timerService().registerEventTimeTimer(times.forgottenAt(start));
    }
    window.add(partial);
    windows.put(start, window);
    if (nextEarlyEmission.value() == null) {
      long at = now + grain.earlyInterval().toMillis();
      context.timerService().registerProcessingTimeTimer(at);
      nextEarlyEmission.update(at);
    }
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<TaskInsight> out)
      throws Exception {
    knownWatermark = Math.max(knownWatermark, context.timerService().currentWatermark());
    if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
      emitChanged(context, out);
      return;
    }
    // One instant can be the end of one window and the forgetting of an earlier one.
    emitFinal(times.finalAt(timestamp), context, out);
    forget(times.forgottenBy(timestamp), context, out);
  }

  private void emitChanged(OnTimerContext context, Collector<TaskInsight> out) throws Exception {
    nextEarlyEmission.clear();
    List<Map.Entry<Long, InsightWindow>> emitted = new ArrayList<>();
    for (Map.Entry<Long, InsightWindow> entry : windows.entries()) {
      if (entry.getValue().changed) {
        emit(entry.getKey(), entry.getValue(), context, out);
        emitted.add(Map.entry(entry.getKey(), entry.getValue()));
      }
    }
    // Not while iterating: backends that hold state off the heap see only what is put back.
    for (Map.Entry<Long, InsightWindow> entry : emitted) {
      windows.put(entry.getKey(), entry.getValue());
    }
  }

  private void emitFinal(long start, OnTimerContext context, Collector<TaskInsight> out)
      throws Exception {
    InsightWindow window = windows.get(start);
    if (window != null) {
      emit(start, window, context, out);
      windows.put(start, window);
    }
  }

  private void forget(long start, OnTimerContext context, Collector<TaskInsight> out)
      throws Exception {
    InsightWindow window = windows.get(start);
    if (window == null) {
      return;
    }
    if (window.changed) {
      emit(start, window, context, out);
    }
    windows.remove(start);
  }

  private void emit(
      long start, InsightWindow window, OnTimerContext context, Collector<TaskInsight> out) {
    out.collect(
        window.emit(
            grain.perUser() ? context.getCurrentKey() : null,
            Instant.ofEpochMilli(start),
            Instant.ofEpochMilli(times.end(start)),
            times.lastMillis(start) <= knownWatermark,
            Instant.ofEpochMilli(context.timerService().currentProcessingTime())));
  }
}
