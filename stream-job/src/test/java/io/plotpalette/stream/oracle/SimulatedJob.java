package io.plotpalette.stream.oracle;

import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.insights.InsightsOperator;
import io.plotpalette.stream.insights.PartialInsight;
import io.plotpalette.stream.insights.PartialInsightsOperator;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.oracle.TaskHistory.Crash;
import io.plotpalette.stream.oracle.TaskHistory.Step;
import io.plotpalette.stream.parse.ParseFunction;
import io.plotpalette.stream.parse.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/**
 * The job's operators in harnesses, wired as in the pipeline, under Flink's contract and no more:
 * aligned barriers, a receiver's watermark is the lowest of its senders', results since the last
 * checkpoint vanish in a crash, and the source goes back.
 */
final class SimulatedJob implements AutoCloseable {
  private static final int MAX_PARALLELISM = 8;

  /** What has been committed, in order. */
  static final class Results {
    final List<TaskChange> bronze = new ArrayList<>();
    final List<Rejection> quarantine = new ArrayList<>();
    final Map<String, List<TaskInsight>> silver = new HashMap<>();

    private void add(Results other) {
      bronze.addAll(other.bronze);
      quarantine.addAll(other.quarantine);
      other.silver.forEach(
          (grain, rows) -> silver.computeIfAbsent(grain, g -> new ArrayList<>()).addAll(rows));
    }
  }

  private record Checkpoint(
      int position,
      int sources,
      int windows,
      OperatorSubtaskState transitions,
      Map<Grain, OperatorSubtaskState> insights) {}

  private final List<Grain> grains;
  private final Duration hold;
  private final Results committed = new Results();

  private Results uncommitted = new Results();
  private Checkpoint last;
  private long checkpoints;
  private long processingTime;
  private int sources;
  private int windows;
  private OneInputStreamOperatorTestHarness<byte[], TaskChange> parse;
  private List<OneInputStreamOperatorTestHarness<TaskChange, Rejection>> transitions;
  private Map<
          Grain, List<KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight>>>
      insights;

  SimulatedJob(List<Grain> grains, Duration hold, int sources, int windows) throws Exception {
    this.grains = grains;
    this.hold = hold;
    start(sources, windows);
  }

  Results run(List<Step> history) throws Exception {
    Set<Integer> crashed = new HashSet<>();
    int position = 0;
    while (position < history.size()) {
      Step step = history.get(position);
      if (step.delivery() != null) {
        deliver(step.delivery().record(), position);
      } else if (step.watermark() != null) {
        watermark(step.watermark());
      } else if (step.processingMillis() != null) {
        advance(step.processingMillis());
      } else if (step.checkpoint()) {
        checkpoint(position);
      } else if (crashed.add(position)) {
        position = crash(step.crash());
        continue;
      }
      position++;
    }
    return committed;
  }

  private void deliver(String record, int position) throws Exception {
    parse.processElement(new StreamRecord<>(record.getBytes(StandardCharsets.UTF_8)));
    for (TaskChange change : parse.extractOutputValues()) {
      uncommitted.bronze.add(change);
      transitions.get(position % sources).processElement(new StreamRecord<>(change));
    }
    parse.getOutput().clear();
    take(parse.getSideOutput(ParseFunction.REJECTED), uncommitted.quarantine);
    exchange();
  }

  private void watermark(long millis) throws Exception {
    for (OneInputStreamOperatorTestHarness<TaskChange, Rejection> subtask : transitions) {
      subtask.processWatermark(millis);
    }
    exchange();
    // Every sender has passed it on by now, after what it sent on.
    for (Grain grain : grains) {
      for (OneInputStreamOperatorTestHarness<PartialInsight, TaskInsight> subtask :
          insights.get(grain)) {
        subtask.processWatermark(new Watermark(millis));
      }
    }
    exchange();
  }

  private void advance(long millis) throws Exception {
    processingTime += millis;
    setProcessingTime();
    exchange();
  }

  private void setProcessingTime() throws Exception {
    for (AbstractStreamOperatorTestHarness<?> subtask : all()) {
      subtask.setProcessingTime(processingTime);
    }
  }

  private void checkpoint(int position) throws Exception {
    checkpoints++;
    List<OperatorSubtaskState> senders = new ArrayList<>();
    for (OneInputStreamOperatorTestHarness<TaskChange, Rejection> subtask : transitions) {
      subtask.prepareSnapshotPreBarrier(checkpoints);
      senders.add(subtask.snapshot(checkpoints, checkpoints));
    }
    exchange();
    Map<Grain, OperatorSubtaskState> receivers = new HashMap<>();
    for (Grain grain : grains) {
      List<OperatorSubtaskState> states = new ArrayList<>();
      for (AbstractStreamOperatorTestHarness<?> subtask : insights.get(grain)) {
        states.add(subtask.snapshot(checkpoints, checkpoints));
      }
      receivers.put(grain, repackaged(states));
    }
    last = new Checkpoint(position, sources, windows, repackaged(senders), receivers);
    committed.add(uncommitted);
    uncommitted = new Results();
  }

  /** Where to go on. */
  private int crash(Crash crash) throws Exception {
    close();
    uncommitted = new Results();
    start(crash.sources(), crash.windows());
    return last == null ? 0 : last.position() + 1;
  }

  /** Lets what was sent arrive. */
  private void exchange() throws Exception {
    for (OneInputStreamOperatorTestHarness<TaskChange, Rejection> subtask : transitions) {
      uncommitted.quarantine.addAll(subtask.extractOutputValues());
      subtask.getOutput().clear();
      for (Grain grain : grains) {
        List<PartialInsight> partials = new ArrayList<>();
        take(subtask.getSideOutput(PartialInsightsOperator.tag(grain)), partials);
        for (PartialInsight partial : partials) {
          int owner =
              KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  partial.key, MAX_PARALLELISM, windows);
          insights.get(grain).get(owner).processElement(new StreamRecord<>(partial));
        }
      }
    }
    for (Grain grain : grains) {
      for (OneInputStreamOperatorTestHarness<PartialInsight, TaskInsight> subtask :
          insights.get(grain)) {
        uncommitted
            .silver
            .computeIfAbsent(grain.name(), g -> new ArrayList<>())
            .addAll(subtask.extractOutputValues());
        subtask.getOutput().clear();
        take(subtask.getSideOutput(InsightsOperator.LATE), uncommitted.quarantine);
      }
    }
  }

  private static <T> void take(Queue<StreamRecord<T>> from, List<T> to) {
    if (from != null) {
      from.forEach(record -> to.add(record.getValue()));
      from.clear();
    }
  }

  private void start(int sourceCount, int windowCount) throws Exception {
    sources = sourceCount;
    windows = windowCount;
    parse = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new ParseFunction()));
    parse.open();
    transitions = new ArrayList<>();
    for (int i = 0; i < sources; i++) {
      OneInputStreamOperatorTestHarness<TaskChange, Rejection> subtask =
          new OneInputStreamOperatorTestHarness<>(
              new PartialInsightsOperator(grains, hold), MAX_PARALLELISM, sources, i);
      if (last != null) {
        subtask.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                last.transitions(), MAX_PARALLELISM, last.sources(), sources, i));
      }
      subtask.open();
      transitions.add(subtask);
    }
    insights = new HashMap<>();
    for (Grain grain : grains) {
      List<KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight>> subtasks =
          new ArrayList<>();
      for (int i = 0; i < windows; i++) {
        KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight> subtask =
            new KeyedOneInputStreamOperatorTestHarness<>(
                new InsightsOperator(grain),
                partial -> partial.key,
                Types.STRING,
                MAX_PARALLELISM,
                windows,
                i);
        if (last != null) {
          subtask.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  last.insights().get(grain), MAX_PARALLELISM, last.windows(), windows, i));
        }
        subtask.open();
        subtasks.add(subtask);
      }
      insights.put(grain, subtasks);
    }
    setProcessingTime();
  }

  private static OperatorSubtaskState repackaged(List<OperatorSubtaskState> states)
      throws Exception {
    return AbstractStreamOperatorTestHarness.repackageState(
        states.toArray(new OperatorSubtaskState[0]));
  }

  private List<AbstractStreamOperatorTestHarness<?>> all() {
    List<AbstractStreamOperatorTestHarness<?>> all = new ArrayList<>();
    all.add(parse);
    all.addAll(transitions);
    insights.values().forEach(all::addAll);
    return all;
  }

  @Override
  public void close() throws Exception {
    for (AbstractStreamOperatorTestHarness<?> subtask : all()) {
      subtask.close();
    }
  }
}
