package io.plotpalette.connector.streams;

import io.plotpalette.connector.TestingMetricGroup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;

/** Runs the enumerator's calls when told to, and keeps what it assigns and sends. */
final class TestingEnumeratorContext implements SplitEnumeratorContext<StreamShardSplit> {
  final TestingMetricGroup metrics = new TestingMetricGroup();
  final Map<Integer, List<StreamShardSplit>> assigned = new HashMap<>();
  final Map<Integer, List<Long>> announced = new HashMap<>();
  final Map<Integer, ReaderInfo> readers = new HashMap<>();
  private final Deque<Runnable> calls = new ArrayDeque<>();
  private final int parallelism;
  private Runnable periodicCall;

  TestingEnumeratorContext(int parallelism) {
    this.parallelism = parallelism;
  }

  void register(int subtask) {
    readers.put(subtask, new ReaderInfo(subtask, "here"));
  }

  /** What the period would do. */
  void runPeriodicCall() {
    periodicCall.run();
  }

  /** Runs what was asked for once; gives how many there were. */
  int runCalls() {
    int count = calls.size();
    for (int i = 0; i < count; i++) {
      calls.remove().run();
    }
    return count;
  }

  List<String> assignedTo(int subtask) {
    return assigned.getOrDefault(subtask, List.of()).stream()
        .map(StreamShardSplit::shardId)
        .toList();
  }

  @Override
  public SplitEnumeratorMetricGroup metricGroup() {
    return metrics;
  }

  @Override
  public void sendEventToSourceReader(int subtask, SourceEvent event) {
    announced
        .computeIfAbsent(subtask, none -> new ArrayList<>())
        .add(((WatermarkAnnouncement) event).watermark());
  }

  @Override
  public int currentParallelism() {
    return parallelism;
  }

  @Override
  public Map<Integer, ReaderInfo> registeredReaders() {
    return readers;
  }

  @Override
  public void assignSplits(SplitsAssignment<StreamShardSplit> assignment) {
    assignment
        .assignment()
        .forEach(
            (subtask, splits) ->
                assigned.computeIfAbsent(subtask, none -> new ArrayList<>()).addAll(splits));
  }

  @Override
  public void signalNoMoreSplits(int subtask) {
    throw new AssertionError("A stream has no end");
  }

  @Override
  public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
    calls.add(() -> call(callable, handler));
  }

  @Override
  public <T> void callAsync(
      Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {
    periodicCall = () -> call(callable, handler);
  }

  private static <T> void call(Callable<T> callable, BiConsumer<T, Throwable> handler) {
    T result = null;
    Throwable failure = null;
    try {
      result = callable.call();
    } catch (Exception e) {
      failure = e;
    }
    handler.accept(result, failure);
  }

  @Override
  public void runInCoordinatorThread(Runnable runnable) {
    runnable.run();
  }
}
