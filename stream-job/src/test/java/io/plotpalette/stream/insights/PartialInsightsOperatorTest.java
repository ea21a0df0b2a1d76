package io.plotpalette.stream.insights;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartialInsightsOperatorTest {
  private static final Duration HOLD = Duration.ofSeconds(1);
  private static final Duration EARLY = Duration.ofSeconds(4);
  private static final Grain HOURLY = Grain.hourly(EARLY, Duration.ofMinutes(30));
  private static final Grain MINUTELY = Grain.minutely(EARLY, Duration.ofMinutes(10));
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private OneInputStreamOperatorTestHarness<TaskChange, Rejection> harness;

  @BeforeEach
  void open() throws Exception {
    harness = harness(1, 0);
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void changesOfAWindowLeaveAsOneSumAfterTheHold() throws Exception {
    created("u1", NOON);
    created("u1", NOON.plusSeconds(59));
    created("u2", NOON.plusSeconds(60));
    harness.setProcessingTime(HOLD.toMillis() - 1);
    assertThat(sent(HOURLY)).isEmpty();

    harness.setProcessingTime(HOLD.toMillis());

    assertThat(sent(HOURLY)).containsExactlyInAnyOrder("u1 12:00 2", "u2 12:00 1");
    assertThat(sent(MINUTELY)).containsExactlyInAnyOrder(" 12:00 2", " 12:01 1");
  }

  @Test
  void whatWasSentIsNotSentAgain() throws Exception {
    created("u1", NOON);
    harness.setProcessingTime(HOLD.toMillis());
    created("u1", NOON);
    harness.setProcessingTime(2 * HOLD.toMillis());

    assertThat(sent(HOURLY)).containsExactly("u1 12:00 1", "u1 12:00 1");
  }

  @Test
  void nothingIsHeldBackByABarrier() throws Exception {
    created("u1", NOON);

    harness.prepareSnapshotPreBarrier(1);

    assertThat(sent(HOURLY)).containsExactly("u1 12:00 1");
  }

  @Test
  void nothingIsHeldBackByTheEndOfTheInput() throws Exception {
    created("u1", NOON);

    harness.getOneInputOperator().finish();

    assertThat(sent(HOURLY)).containsExactly("u1 12:00 1");
  }

  @Test
  void aWindowIsSentAheadOfTheWatermarkThatEndsIt() throws Exception {
    created("u1", NOON);
    harness.processWatermark(NOON.plusSeconds(60).minusMillis(2).toEpochMilli());
    assertThat(sent(MINUTELY)).isEmpty();

    harness.processWatermark(NOON.plusSeconds(60).minusMillis(1).toEpochMilli());

    assertThat(sent(MINUTELY)).containsExactly(" 12:00 1");
    assertThat(harness.getOutput()).allMatch(event -> event instanceof Watermark).hasSize(2);
  }

  @Test
  void aChangeTooLateForOneGrainOnlyIsNamedAndCountedInTheOther() throws Exception {
    harness.processWatermark(NOON.plus(Duration.ofMinutes(30)).toEpochMilli());

    created("u\"1", NOON);
    harness.prepareSnapshotPreBarrier(1);

    assertThat(sent(HOURLY)).containsExactly("u\"1 12:00 1");
    assertThat(sent(MINUTELY)).isEmpty();
    assertThat(late())
        .singleElement()
        .satisfies(
            rejection -> {
              assertThat(rejection.rule()).isEqualTo(QualityRule.LATE);
              assertThat(rejection.reason()).startsWith("minutely window");
              assertThat(rejection.record())
                  .isEqualTo(
                      "{\"change_id\":\"e\",\"user_id\":\"u\\\"1\",\"task_id\":\"t\","
                          + "\"changed_at\":\"2026-11-20T12:00:00.000Z\"}");
            });
  }

  @Test
  void whatWasLateIsLateAfterARestoreToo() throws Exception {
    harness.processWatermark(NOON.plus(Duration.ofHours(2)).toEpochMilli());
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = harness(1, 0);
    harness.initializeState(snapshot);
    harness.open();

    created("u1", NOON);
    harness.prepareSnapshotPreBarrier(2);

    assertThat(sent(HOURLY)).isEmpty();
    assertThat(late()).hasSize(1);
  }

  @Test
  void theSlowestSubtaskSaysWhatIsLateAfterRescaling() throws Exception {
    harness.close();
    OneInputStreamOperatorTestHarness<TaskChange, Rejection> slow = harness(2, 0);
    OneInputStreamOperatorTestHarness<TaskChange, Rejection> fast = harness(2, 1);
    slow.open();
    fast.open();
    slow.processWatermark(NOON.toEpochMilli());
    fast.processWatermark(NOON.plus(Duration.ofHours(2)).toEpochMilli());
    OperatorSubtaskState snapshot =
        AbstractStreamOperatorTestHarness.repackageState(slow.snapshot(1, 1), fast.snapshot(1, 1));
    slow.close();
    fast.close();
    harness = harness(1, 0);
    harness.initializeState(
        AbstractStreamOperatorTestHarness.repartitionOperatorState(snapshot, 2, 2, 1, 0));
    harness.open();

    created("u1", NOON);
    harness.prepareSnapshotPreBarrier(2);

    // The windows' owners wait for the slowest: they still take it.
    assertThat(sent(HOURLY)).hasSize(1);
    assertThat(late()).isEmpty();
  }

  private void created(String userId, Instant at) throws Exception {
    Task task =
        Task.builder().taskId("t").userId(userId).title("x").createdAt(at).updatedAt(at).build();
    harness.processElement(
        new StreamRecord<>(
            new TaskChange("e", ChangeType.CREATED, at, at, "1", at, null, null, task)));
  }

  private List<String> sent(Grain grain) {
    Queue<StreamRecord<PartialInsight>> sent =
        harness.getSideOutput(PartialInsightsOperator.tag(grain));
    return sent == null
        ? List.of()
        : sent.stream()
            .map(StreamRecord::getValue)
            .map(
                partial ->
                    partial.key
                        + " "
                        + Instant.ofEpochMilli(partial.windowStart).toString().substring(11, 16)
                        + " "
                        + partial.counts.created())
            .toList();
  }

  private List<Rejection> late() {
    return harness.extractOutputValues();
  }

  private static OneInputStreamOperatorTestHarness<TaskChange, Rejection> harness(
      int parallelism, int subtask) throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new PartialInsightsOperator(List.of(HOURLY, MINUTELY), HOLD), 2, parallelism, subtask);
  }
}
