package io.plotpalette.local.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.budget.Budget;
import io.plotpalette.generator.budget.ModelPrice;
import io.plotpalette.generator.pressure.RetryDelays;
import io.plotpalette.generator.run.Ending;
import io.plotpalette.generator.run.Progress;
import io.plotpalette.generator.run.RunDefinition;
import io.plotpalette.generator.run.StepSpec;
import io.plotpalette.local.bedrock.StandInBehaviour;
import io.plotpalette.local.budget.BudgetStage.Played;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad times of a model, with a clock that goes five times as fast as time. */
@Tag("slow")
class StormTest {
  private static final double CLOCK_SCALE = 5;
  private static final long MINUTE_MILLIS = (long) (60_000 / CLOCK_SCALE);
  private static final StandInBehaviour GOOD =
      StandInBehaviour.answering(Duration.ofMillis(20), Duration.ofMillis(40));

  private static BudgetStage stage;

  @BeforeAll
  static void start() {
    stage = new BudgetStage();
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void aMinuteOfThrottling() throws Exception {
    BudgetRunSettings settings = settings("throttled", 200, GOOD.withThrottled(1), -1);
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            () -> stage.standIn().behave(GOOD),
            CompletableFuture.delayedExecutor(MINUTE_MILLIS, TimeUnit.MILLISECONDS));

    Played played = stage.play(settings, Budget::new);

    end.join();
    Progress progress = completed(played);
    assertThat(progress.counters().ok()).isGreaterThan(190);
    assertThat(played.run().everyUsageKnown()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"server_error", "time_out", "malformed", "cut"})
  void aFifthOfTheCallsFails(String share) throws Exception {
    BudgetRunSettings settings = settings(share, 150, failing(share, 0.2), -1);

    Progress progress = completed(stage.play(settings, Budget::new));

    // Four tries in a row fail for one record in 625.
    assertThat(progress.counters().ok()).isGreaterThan(140);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void cancelledAtAnyMoment(long seed) throws Exception {
    int moment = new Random(seed).nextInt(600);
    BudgetRunSettings settings =
        settings("cancelled-" + seed, 5_000, failing("server_error", 0.1), moment);

    Played played = stage.play(settings, Budget::new);

    played.check();
    RunDefinition job = settings.jobs().get(0);
    assertThat(played.run().endingOf(job).kind()).isEqualTo(Ending.Kind.CANCELLED);
    assertThat(played.run().progressOf(job).notStarted()).isPositive();
  }

  private static Progress completed(Played played) {
    played.check();
    RunDefinition job = played.settings().jobs().get(0);
    Progress progress = played.run().progressOf(job);
    assertThat(played.run().endingOf(job).kind()).isEqualTo(Ending.Kind.COMPLETED);
    assertThat(progress.counters().ok() + progress.counters().failed())
        .isEqualTo(job.recordCount());
    assertThat(played.run().longestPause())
        .as("pause, of which the machine's %d", played.run().longestPauseOfTheMachine())
        .isLessThan(RetryDelays.LONGEST_MILLIS + 5_000 + played.run().longestPauseOfTheMachine());
    return progress;
  }

  private static BudgetRunSettings settings(
      String id, long records, StandInBehaviour behaviour, long cancelAfterMillis) {
    StepSpec step = new StepSpec("step", "model", new ModelPrice(1_000_000, 2_000_000), 200);
    RunDefinition job = new RunDefinition(id, records, 1_000_000_000_000L, 32, List.of(step));
    return new BudgetRunSettings(
        id.hashCode(), List.of(job), behaviour, CLOCK_SCALE, cancelAfterMillis);
  }

  private static StandInBehaviour failing(String failure, double share) {
    return new StandInBehaviour(
        GOOD.medianLatency(),
        GOOD.p95Latency(),
        GOOD.outputShare(),
        GOOD.bytesPerToken(),
        GOOD.overheadTokens(),
        0,
        failure.equals("server_error") ? share : 0,
        failure.equals("time_out") ? share : 0,
        failure.equals("cut") ? share : 0,
        failure.equals("malformed") ? share : 0,
        0);
  }
}
