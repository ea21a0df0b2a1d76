package io.plotpalette.stream.insights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(InsightsOperatorTest.Backend.class)
class InsightsOperatorTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration EARLY = Duration.ofSeconds(1);
  private static final Duration LATENESS = Duration.ofMinutes(30);
  private static final Grain HOURLY = Grain.hourly(EARLY, LATENESS);
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant ONE = NOON.plus(HOUR);
  private static final Instant FORGOTTEN = ONE.plus(LATENESS);

  /** Where state is: RocksDB gives out copies, the heap the objects themselves. */
  enum Backend {
    HEAP,
    ROCKSDB;

    private StateBackend open() {
      return this == HEAP ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
    }
  }

  @Parameter private Backend backend;

  private KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight> harness;

  @BeforeEach
  void open() throws Exception {
    harness = harness();
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aChangedWindowIsPublishedEarlyAfterTheInterval() throws Exception {
    created(NOON);
    created(NOON.plusSeconds(1));
    harness.setProcessingTime(EARLY.toMillis() - 1);
    assertThat(emitted()).isEmpty();

    harness.setProcessingTime(EARLY.toMillis());

    assertThat(emitted())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.userId()).isEqualTo("u1");
              assertThat(row.windowStart()).isEqualTo(NOON);
              assertThat(row.windowEnd()).isEqualTo(ONE);
              assertThat(row.counts().created()).isEqualTo(2);
              assertThat(row.revision()).isEqualTo(1);
              assertThat(row.isFinal()).isFalse();
              assertThat(row.emittedAt()).isEqualTo(Instant.ofEpochMilli(EARLY.toMillis()));
            });
  }

  @Test
  void aWindowThatDidNotChangeIsNotPublishedAgain() throws Exception {
    created(NOON);
    harness.setProcessingTime(10 * EARLY.toMillis());

    assertThat(emitted()).hasSize(1);
  }

  @Test
  void theWatermarkAtTheWindowsEndMakesItFinal() throws Exception {
    created(NOON);
    watermark(ONE.minusMillis(2));
    assertThat(emitted()).isEmpty();

    watermark(ONE.minusMillis(1));

    assertThat(emitted()).singleElement().satisfies(row -> assertThat(row.isFinal()).isTrue());
  }

  @Test
  void aChangeWithinTheAllowedLatenessIsACorrection() throws Exception {
    created(NOON);
    watermark(ONE);
    created(NOON.plusSeconds(5));
    harness.setProcessingTime(EARLY.toMillis());

    assertThat(emitted()).extracting(TaskInsight::revision).containsExactly(1L, 2L);
    assertThat(emitted().get(1).isFinal()).isTrue();
    assertThat(emitted().get(1).counts().created()).isEqualTo(2);
  }

  @Test
  void aCorrectionNotYetPublishedIsPublishedWhenTheWindowIsForgotten() throws Exception {
    created(NOON);
    watermark(ONE);
    created(NOON.plusSeconds(5));
    watermark(FORGOTTEN);

    assertThat(emitted()).extracting(row -> row.counts().created()).containsExactly(1L, 2L);
  }

  @Test
  void aChangeAfterTheAllowedLatenessLeavesAsLate() throws Exception {
    watermark(FORGOTTEN);
    created(NOON.plusSeconds(5));

    assertThat(emitted()).isEmpty();
    assertThat(late())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.rule()).isEqualTo(QualityRule.LATE);
              assertThat(rejection.record())
                  .isEqualTo(
                      "{\"user_id\":\"u1\",\"window_start\":\"2026-11-20T12:00:00.000Z\","
                          + "\"changes\":1}");
            });
  }

  @Test
  void nothingStaysBehindAForgottenWindow() throws Exception {
    created(NOON);
    harness.setProcessingTime(EARLY.toMillis());
    watermark(FORGOTTEN);

    if (backend == Backend.HEAP) { // RocksDB does not count.
      assertThat(harness.numKeyedStateEntries()).isZero();
    }
    assertThat(harness.numEventTimeTimers()).isZero();
    assertThat(harness.numProcessingTimeTimers()).isZero();
  }

  @Test
  void windowsAndUsersAreApart() throws Exception {
    created(NOON);
    created(ONE);
    process(partial("u2", NOON, 1));
    watermark(ONE.plus(HOUR));

    assertThat(emitted())
        .extracting(TaskInsight::userId, TaskInsight::windowStart)
        .containsExactlyInAnyOrder(tuple("u1", NOON), tuple("u1", ONE), tuple("u2", NOON));
  }

  @Test
  void leadTimesAreExactWhileFew() throws Exception {
    process(completed(NOON, 10, 20));
    process(completed(NOON, 30, 40));
    watermark(ONE);

    TaskInsight.LeadTime leadTime = emitted().get(0).leadTime();
    assertThat(leadTime.count()).isEqualTo(4);
    assertThat(leadTime.mean()).isEqualTo(25);
    assertThat(leadTime.min()).isEqualTo(10);
    assertThat(leadTime.p50()).isEqualTo(20);
    assertThat(leadTime.p95()).isEqualTo(40);
    assertThat(leadTime.max()).isEqualTo(40);
  }

  @Test
  void revisionsGoOnAfterARestore() throws Exception {
    created(NOON);
    harness.setProcessingTime(EARLY.toMillis());
    restart();

    created(NOON.plusSeconds(1));
    harness.setProcessingTime(2 * EARLY.toMillis());

    assertThat(emitted()).extracting(TaskInsight::revision).containsExactly(2L);
    assertThat(emitted().get(0).counts().created()).isEqualTo(2);
  }

  @Test
  void anEarlyRowThatWasDueAtARestoreStillComes() throws Exception {
    created(NOON);
    restart();
    harness.setProcessingTime(EARLY.toMillis());
    created(NOON.plusSeconds(1));
    harness.setProcessingTime(2 * EARLY.toMillis());

    assertThat(emitted()).extracting(TaskInsight::revision).containsExactly(1L, 2L);
  }

  @Test
  void windowsOfAVersionThatHadTimersForThemGoOn() throws Exception {
    OperatorSubtaskState snapshot;
    try (KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight> earlier =
        harness(new KeyedProcessOperator<>(new VersionWithTimers()))) {
      earlier.open();
      earlier.processElement(new StreamRecord<>(partial("u1", NOON, 1)));
      snapshot = earlier.snapshot(1, 1);
    }
    harness.close();
    harness = harness();
    harness.initializeState(snapshot);
    harness.open();

    harness.setProcessingTime(EARLY.toMillis());
    watermark(ONE);
    watermark(FORGOTTEN);

    assertThat(emitted())
        .extracting(TaskInsight::revision, TaskInsight::isFinal)
        .containsExactly(tuple(1L, false), tuple(2L, true));
    assertThat(harness.numEventTimeTimers()).isZero();
    assertThat(harness.numProcessingTimeTimers()).isZero();
  }

  @Test
  void aForgottenWindowStaysForgottenThoughTheWatermarkIsUnknownAfterARestore() throws Exception {
    created(NOON);
    watermark(FORGOTTEN);
    restart();

    created(NOON.plusSeconds(1));
    harness.setProcessingTime(EARLY.toMillis());

    assertThat(emitted()).isEmpty();
    assertThat(late()).hasSize(1);
  }

  @Test
  void aWindowOfBeforeARestoreBecomesFinalOnce() throws Exception {
    created(NOON);
    restart();
    watermark(ONE);
    assertThat(emitted()).singleElement().satisfies(row -> assertThat(row.isFinal()).isTrue());

    restart();
    watermark(ONE.plusSeconds(1));

    assertThat(emitted()).isEmpty();
  }

  @Test
  void aCorrectionOfBeforeARestoreIsPublishedAtTheLatestWhenTheWindowIsForgotten()
      throws Exception {
    created(NOON);
    watermark(ONE);
    created(NOON.plusSeconds(5));
    restart();
    watermark(FORGOTTEN);

    assertThat(emitted())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.revision()).isEqualTo(2);
              assertThat(row.counts().created()).isEqualTo(2);
            });
  }

  @Test
  void aWindowThatFirstChangesAfterItsEndIsFinalAtTheNextWatermark() throws Exception {
    watermark(ONE);
    created(NOON);
    assertThat(emitted()).isEmpty();

    watermark(ONE.plusSeconds(1));
    watermark(ONE.plusSeconds(2));

    assertThat(emitted()).singleElement().satisfies(row -> assertThat(row.isFinal()).isTrue());
  }

  private void restart() throws Exception {
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = harness();
    harness.initializeState(snapshot);
    harness.open();
  }

  private void created(Instant changedAt) throws Exception {
    process(partial("u1", changedAt, 1));
  }

  private void process(PartialInsight partial) throws Exception {
    // Without a timestamp: windows go by the partial's own time.
    harness.processElement(new StreamRecord<>(partial));
  }

  private void watermark(Instant instant) throws Exception {
    harness.processWatermark(instant.toEpochMilli());
  }

  private List<TaskInsight> emitted() {
    return harness.extractOutputValues();
  }

  private List<Rejection> late() {
    return harness.getSideOutput(InsightsOperator.LATE).stream()
        .map(record -> record.getValue())
        .toList();
  }

  private static PartialInsight partial(String userId, Instant changedAt, long created) {
    PartialInsight partial = new PartialInsight();
    partial.key = userId;
    partial.windowStart = new WindowTimes(HOURLY).startOf(changedAt.toEpochMilli());
    partial.changes = created;
    partial.counts = new TransitionCounts(created, 0, 0, 0, 0, 0, created, 0, 0);
    return partial;
  }

  private static PartialInsight completed(Instant changedAt, double... leadTimeSeconds) {
    PartialInsight partial = partial("u1", changedAt, 0);
    partial.leadTimes = leadTimeSeconds;
    partial.leadTimeMillis = 1000 * DoubleStream.of(leadTimeSeconds).sum();
    return partial;
  }

  private KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight> harness()
      throws Exception {
    return harness(new InsightsOperator(HOURLY));
  }

  private KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight> harness(
      OneInputStreamOperator<PartialInsight, TaskInsight> operator) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight> subtask =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator, partial -> partial.key, Types.STRING);
    subtask.setStateBackend(backend.open());
    return subtask;
  }

  /** Leaves the state and timers that versions before ADR 0055 left for a new window. */
  private static final class VersionWithTimers
      extends KeyedProcessFunction<String, PartialInsight, TaskInsight> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(PartialInsight partial, Context context, Collector<TaskInsight> out)
        throws Exception {
      WindowTimes times = new WindowTimes(HOURLY);
      InsightWindow window = new InsightWindow();
      window.add(partial);
      getRuntimeContext()
          .getMapState(
              new MapStateDescriptor<>(
                  "windows", Types.LONG, TypeInformation.of(InsightWindow.class)))
          .put(partial.windowStart, window);
      context.timerService().registerEventTimeTimer(times.lastMillis(partial.windowStart));
      context.timerService().registerEventTimeTimer(times.forgottenAt(partial.windowStart));
      context.timerService().registerProcessingTimeTimer(EARLY.toMillis());
      getRuntimeContext()
          .getState(new ValueStateDescriptor<>("next-early-emission", Types.LONG))
          .update(EARLY.toMillis());
    }
  }
}
