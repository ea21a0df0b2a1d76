package io.plotpalette.stream.insights;

import java.time.Duration;
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
 * Transitions of one user to tumbling event-time windows that are published early, finally and, if
 * late changes come, again.
 *
 * <p>Flink's window operator is not used, for three reasons: its time is the record's timestamp,
 * while here the watermark follows the stream's clock and windows the change's own time; its panes
 * know no revision number; and after a restore, before the first watermark, it would open a window
 * again that it had closed before.
 */
public final class InsightsFunction extends KeyedProcessFunction<String, Transition, TaskInsight>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /** Transitions whose window is already forgotten. */
  public static final OutputTag<Transition> LATE = new OutputTag<>("late") {};

  private final long size;
  private final long earlyInterval;
  private final long allowedLateness;

  /** Highest watermark this subtask, or before a restore any subtask, acted on. */
  private long knownWatermark = Long.MIN_VALUE;

  private transient MapState<Long, InsightWindow> windows;
  private transient ValueState<Long> nextEarlyEmission;
  private transient ListState<Long> watermarks;

  /**
   * @param size of a window
   * @param earlyInterval how long a changed window waits for its early row, in processing time
   * @param allowedLateness how long after its end, in event time, a window still takes changes
   */
  public InsightsFunction(Duration size, Duration earlyInterval, Duration allowedLateness) {
    this.size = size.toMillis();
    this.earlyInterval = earlyInterval.toMillis();
    this.allowedLateness = allowedLateness.toMillis();
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
    windows =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "windows", Types.LONG, TypeInformation.of(InsightWindow.class)));
    nextEarlyEmission =
        getRuntimeContext().getState(new ValueStateDescriptor<>("next-early-emission", Types.LONG));
  }

  @Override
  public void processElement(Transition transition, Context context, Collector<TaskInsight> out)
      throws Exception {
    knownWatermark = Math.max(knownWatermark, context.timerService().currentWatermark());
    long start = Math.floorDiv(transition.changedAt().toEpochMilli(), size) * size;
    InsightWindow window = windows.get(start);
    if (window == null) {
      if (forgottenAt(start) <= knownWatermark) {
        context.output(LATE, transition);
        return;
      }
      window = new InsightWindow();
      context.timerService().registerEventTimeTimer(lastMillis(start));
      context.timerService().registerEventTimeTimer(forgottenAt(start));
    }
    window.add(transition);
    windows.put(start, window);
    if (nextEarlyEmission.value() == null) {
      long at = context.timerService().currentProcessingTime() + earlyInterval;
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
    emitFinal(timestamp + 1 - size, context, out);
    forget(timestamp + 1 - size - allowedLateness, context, out);
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
            context.getCurrentKey(),
            Instant.ofEpochMilli(start),
            Instant.ofEpochMilli(start + size),
            lastMillis(start) <= knownWatermark,
            Instant.ofEpochMilli(context.timerService().currentProcessingTime())));
  }

  private long lastMillis(long start) {
    return start + size - 1;
  }

  private long forgottenAt(long start) {
    return lastMillis(start) + allowedLateness;
  }
}
