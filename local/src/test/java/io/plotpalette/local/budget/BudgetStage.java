package io.plotpalette.local.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plotpalette.generator.call.BedrockModelClient;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.call.Turn;
import io.plotpalette.generator.run.RunDefinition;
import io.plotpalette.generator.run.RunEnvironment.BudgetFactory;
import io.plotpalette.local.bedrock.BedrockStandIn;
import io.plotpalette.local.bedrock.StandInBehaviour;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** One stand-in and one client, on which runs are played one after the other. */
final class BudgetStage implements AutoCloseable {
  /** Short, for every time-out on request takes as long. */
  private static final Duration PATIENCE = Duration.ofMillis(800);

  private final BedrockStandIn standIn;
  private final ModelClient client;
  private volatile BudgetRun current;

  BudgetStage() {
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    standIn =
        new BedrockStandIn(
            new BedrockStandIn.Options(
                0, 1, StandInBehaviour.answering(Duration.ZERO, Duration.ZERO), false),
            (model, tokensIn, tokensOut) ->
                current == null ? OptionalLong.of(0) : current.cost(model, tokensIn, tokensOut));
    client =
        new BedrockModelClient(
            new BedrockModelClient.Settings("us-east-1", standIn.endpoint(), PATIENCE, 1_024));
    warmUp();
  }

  /** The first call of a process takes seconds, which a fast clock would take for a stall. */
  private void warmUp() {
    ModelRequest request = ModelRequest.of("any", List.of(Turn.ofUser("Hello.")), 1, 0, null);
    await().until(() -> client.call(request).handle((answer, failure) -> failure == null).join());
  }

  BedrockStandIn standIn() {
    return standIn;
  }

  /** What happened. */
  record Played(BudgetRun run, BudgetRunSettings settings, BedrockStandIn standIn) {
    long billed(RunDefinition job) {
      return job.steps().stream()
          .map(step -> RandomPrompts.modelOf(job.jobId(), step))
          .distinct()
          .mapToLong(standIn.bill()::billedFor)
          .sum();
    }

    /** Nano-USD billed above the limits, of all jobs. */
    long overshoot() {
      return settings.jobs().stream()
          .mapToLong(job -> Math.max(0, billed(job) - job.budgetLimit()))
          .sum();
    }

    /** All that is promised of a run's end. */
    void check() {
      for (RunDefinition job : settings.jobs()) {
        run.checkEnd(job, settings.behaviour().bytesPerToken());
        long spent = run.progressOf(job).spent();
        assertThat(billed(job)).as("billed").isLessThanOrEqualTo(job.budgetLimit());
        assertThat(billed(job)).as("billed").isLessThanOrEqualTo(spent);
        assertThat(spent).as("spent").isLessThanOrEqualTo(job.budgetLimit());
        if (run.everyUsageKnown()) {
          assertThat(billed(job)).as("billed, with every usage known").isEqualTo(spent);
        }
      }
    }
  }

  /** Plays a run to its end and until nothing is billed any more. */
  Played play(BudgetRunSettings settings, BudgetFactory budgets) throws Exception {
    try (BudgetRun run = new BudgetRun(settings, client, budgets)) {
      current = run;
      standIn.bill().clear();
      standIn.behave(settings.behaviour());
      run.play();
      await().until(() -> standIn.bill().totals().inProgress() == 0);
      return new Played(run, settings, standIn);
    }
  }

  @Override
  public void close() throws Exception {
    client.close();
    standIn.close();
  }
}
