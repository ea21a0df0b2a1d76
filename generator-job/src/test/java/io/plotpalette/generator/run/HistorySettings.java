package io.plotpalette.generator.run;

import io.plotpalette.generator.budget.ModelPrice;
import io.plotpalette.generator.journal.CommitPolicy;
import io.plotpalette.generator.journal.SegmentCodec;
import io.plotpalette.generator.pressure.ModelQuota;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a history is like, drawn from its seed. Chances are from 0 to 1, times in milliseconds.
 *
 * @param quota of every model
 * @param storms begin and end of the times in which nearly every call fails
 * @param killChance after every event
 * @param coldStartChance of a kill: the state is lost, only the journal is left
 * @param zombieChance of a kill: the old owner goes on for a while beside the new one
 * @param cancelAt of the first job; negative for never
 */
record HistorySettings(
    List<RunDefinition> jobs,
    ModelQuota quota,
    boolean tightQuota,
    CommitPolicy commitPolicy,
    int journalLatency,
    int callLatency,
    double failureChance,
    double unknownUsageChance,
    double invalidChance,
    double rejectedChance,
    double refusedChance,
    double accessChance,
    double skipChance,
    double unpreparableChance,
    List<long[]> storms,
    double killChance,
    int maxKills,
    double coldStartChance,
    double zombieChance,
    long cancelAt) {

  static HistorySettings draw(Random random) {
    boolean tightQuota = random.nextInt(5) == 0;
    boolean faulty = random.nextInt(4) != 0;
    return new HistorySettings(
        jobs(random),
        tightQuota
            ? new ModelQuota(40 + random.nextInt(100), 60_000, 1 + random.nextInt(20))
            : new ModelQuota(1_000_000, 1_000_000_000, 1 + random.nextInt(40)),
        tightQuota,
        new CommitPolicy(1 + random.nextInt(3), random.nextInt(16), segmentBytes(random)),
        1 + random.nextInt(40),
        20 + random.nextInt(1_000),
        faulty ? random.nextDouble() * 0.3 : 0,
        faulty ? random.nextDouble() * 0.2 : 0,
        random.nextDouble() * 0.2,
        random.nextInt(3) == 0 ? random.nextDouble() * 0.2 : 0,
        faulty ? random.nextDouble() * 0.05 : 0,
        random.nextInt(15) == 0 ? 0.02 : 0,
        random.nextInt(3) == 0 ? random.nextDouble() * 0.4 : 0,
        random.nextInt(4) == 0 ? random.nextDouble() * 0.1 : 0,
        storms(random),
        random.nextInt(4) == 0 ? 0 : Math.pow(10, -1.3 - 2 * random.nextDouble()),
        1 + random.nextInt(8),
        random.nextInt(3) == 0 ? 0.5 : 0,
        random.nextInt(2) == 0 ? 0.6 : 0,
        random.nextInt(4) == 0 ? random.nextInt(20_000) : -1);
  }

  private static int segmentBytes(Random random) {
    return random.nextBoolean() ? SegmentCodec.MAX_SEGMENT_BYTES : 72 * 1024;
  }

  private static List<RunDefinition> jobs(Random random) {
    List<RunDefinition> jobs = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int job = 0; job < count; job++) {
      List<StepSpec> steps = new ArrayList<>();
      int stepCount = 1 + random.nextInt(3);
      for (int step = 0; step < stepCount; step++) {
        ModelPrice price =
            new ModelPrice(random.nextInt(1_000_000_000), 1 + random.nextInt(2_000_000_000));
        steps.add(
            new StepSpec(
                "step-" + step, "model-" + random.nextInt(2), price, 50 + random.nextInt(500)));
      }
      long records = 1L + random.nextInt(60);
      long worst = records * steps.stream().mapToLong(step -> step.price().cost(400, 550)).sum();
      long limit =
          switch (random.nextInt(4)) {
            case 0 -> 100 * worst;
            case 1 -> (long) (worst * random.nextDouble() * 0.05);
            default -> (long) (worst * random.nextDouble());
          };
      jobs.add(new RunDefinition("job-" + job, records, limit, 1 + random.nextInt(24), steps));
    }
    return jobs;
  }

  private static List<long[]> storms(Random random) {
    List<long[]> storms = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      long begin = random.nextInt(30_000);
      storms.add(new long[] {begin, begin + 1_000L + random.nextInt(60_000)});
    }
    return storms;
  }
}
