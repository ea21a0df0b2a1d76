package io.plotpalette.stream.insights;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InsightsFunctionTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration EARLY = Duration.ofSeconds(1);
  private static final Duration LATENESS = Duration.ofMinutes(30);
  private static final Grain HOURLY = Grain.hourly(EARLY, LATENESS);
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant ONE = NOON.plus(HOUR);
  private static final Instant FORGOTTEN = ONE.plus(LATENESS);

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

    assertThat(harness.numKeyedStateEntries()).isZero();
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
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("u1", NOON),
            org.assertj.core.groups.Tuple.tuple("u1", ONE),
            org.assertj.core.groups.Tuple.tuple("u2", NOON));
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
  void aForgottenWindowStaysForgottenThoughTheWatermarkIsUnknownAfterARestore() throws Exception {
    created(NOON);
    watermark(FORGOTTEN);
    restart();

    created(NOON.plusSeconds(1));
    harness.setProcessingTime(EARLY.toMillis());

    assertThat(emitted()).isEmpty();
    assertThat(late()).hasSize(1);
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
    return harness.getSideOutput(InsightsFunction.LATE).stream()
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

  private static KeyedOneInputStreamOperatorTestHarness<String, PartialInsight, TaskInsight>
      harness() throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new InsightsFunction(HOURLY)),
        partial -> partial.key,
        Types.STRING);
  }
}
