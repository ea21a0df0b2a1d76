package io.plotpalette.local.budget;

import io.plotpalette.generator.budget.ModelPrice;
import io.plotpalette.generator.run.RunDefinition;
import io.plotpalette.generator.run.StepSpec;
import io.plotpalette.local.bedrock.StandInBehaviour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a run against the stand-in is like.
 *
 * @param clockScale how much faster than time the clock of the runs goes
 * @param cancelAfterMillis of the first job, in real time; negative for never
 */
record BudgetRunSettings(
    long seed,
    List<RunDefinition> jobs,
    StandInBehaviour behaviour,
    double clockScale,
    long cancelAfterMillis) {

  /** Prices, sizes, latencies, failures, calls in flight and jobs, all from the seed. */
  static BudgetRunSettings draw(long seed) {
    Random random = new Random(seed);
    boolean faulty = random.nextInt(3) != 0;
    int median = random.nextInt(20);
    StandInBehaviour behaviour =
        new StandInBehaviour(
            Duration.ofMillis(median),
            Duration.ofMillis(median * (1L + random.nextInt(4))),
            random.nextInt(4) == 0 ? 1 : 0.1 + random.nextDouble() * 0.8,
            random.nextBoolean() ? 1 : 1 + random.nextDouble() * 4,
            random.nextBoolean() ? 1_024 : random.nextInt(50),
            faulty ? random.nextDouble() * 0.2 : 0,
            faulty ? random.nextDouble() * 0.2 : 0,
            // Each takes as long as the client is patient.
            random.nextInt(4) == 0 ? random.nextDouble() * 0.03 : 0,
            faulty ? random.nextDouble() * 0.1 : 0,
            faulty ? random.nextDouble() * 0.1 : 0,
            random.nextDouble() * 0.3);
    List<RunDefinition> jobs = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      jobs.add(job(seed + "-" + i, random, behaviour.bytesPerToken()));
    }
    return new BudgetRunSettings(
        seed, jobs, behaviour, 100, random.nextInt(5) == 0 ? random.nextInt(400) : -1);
  }

  private static RunDefinition job(String id, Random random, double bytesPerToken) {
    List<StepSpec> steps = new ArrayList<>();
    for (int step = 1 + random.nextInt(3); step > 0; step--) {
      ModelPrice price =
          new ModelPrice(random.nextInt(1_000_000_000), 1 + random.nextInt(2_000_000_000));
      steps.add(
          new StepSpec(
              "step-" + step, "model-" + random.nextInt(2), price, 20 + random.nextInt(400)));
    }
    long records = 5L + random.nextInt(80);
    int maxInFlight = 1 + random.nextInt(1 << (1 + random.nextInt(8)));
    RunDefinition unlimited =
        new RunDefinition(id, records, Long.MAX_VALUE, Math.min(256, maxInFlight), steps);
    long worst =
        records * steps.size() * RandomPrompts.largestReservation(unlimited, bytesPerToken);
    long limit =
        switch (random.nextInt(4)) {
          case 0 -> 100 * worst;
          case 1 -> (long) (worst * random.nextDouble() * 0.02);
          default -> (long) (worst * random.nextDouble() * 0.3);
        };
    return new RunDefinition(id, records, limit, unlimited.maxInFlight(), steps);
  }
}
