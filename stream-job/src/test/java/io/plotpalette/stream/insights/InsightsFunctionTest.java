package io.plotpalette.stream.insights;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InsightsFunctionTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration EARLY = Duration.ofSeconds(1);
  private static final Duration LATENESS = Duration.ofMinutes(30);
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant ONE = NOON.plus(HOUR);
  private static final Instant FORGOTTEN = ONE.plus(LATENESS);

  private KeyedOneInputStreamOperatorTestHarness<String, Transition, TaskInsight> harness;

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
    assertThat(late()).hasSize(1);
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
    process(transition("u2", NOON));
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
    for (double seconds : new double[] {10, 20, 30, 40}) {
      process(completed(NOON, seconds));
    }
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
    process(transition("u1", changedAt));
  }

  private void process(Transition transition) throws Exception {
    harness.processElement(transition, transition.changedAt().toEpochMilli());
  }

  private void watermark(Instant instant) throws Exception {
    harness.processWatermark(instant.toEpochMilli());
  }

  private List<TaskInsight> emitted() {
    return harness.extractOutputValues();
  }

  private List<Transition> late() {
    return harness.getSideOutput(InsightsFunction.LATE).stream()
        .map(record -> record.getValue())
        .toList();
  }

  private static Transition transition(String userId, Instant changedAt) {
    return new Transition(
        userId, changedAt, "e", true, false, false, false, false, false, 1, false, false, null);
  }

  private static Transition completed(Instant changedAt, double leadTimeSeconds) {
    return new Transition(
        "u1",
        changedAt,
        "e",
        false,
        true,
        false,
        false,
        false,
        true,
        -1,
        false,
        false,
        leadTimeSeconds);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, Transition, TaskInsight> harness()
      throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new InsightsFunction(HOUR, EARLY, LATENESS)),
        Transition::userId,
        Types.STRING);
  }
}
