package io.plotpalette.local.budget;

import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.call.Turn;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.run.Repair;
import io.plotpalette.generator.run.RunDefinition;
import io.plotpalette.generator.run.RunEffect.PrepareStep;
import io.plotpalette.generator.run.StepSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Prompts of random sizes and alphabets: the same for the same job, record and step. */
final class RandomPrompts {
  static final String SCHEMA =
      "{\"type\":\"object\",\"required\":[\"line\"],\"properties\":{\"line\":{\"type\":\"string\"}}}";

  /** Letters of one to four bytes, one that grows in NFKC, and a pair. */
  private static final String[] LETTERS = {"a", "e ", "ö", "語", "ﷺ", "ﬁ", "\uD83D\uDE00", "\n"};

  private static final int MOST_LETTERS = 300;

  /** The longest of {@link #LETTERS} in NFKC, for every letter. */
  private static final int MOST_BYTES = MOST_LETTERS * 33;

  private RandomPrompts() {}

  /** Steps of all jobs share models, but the bill is to tell them apart. */
  static String modelOf(String jobId, StepSpec step) {
    return step.model() + "." + jobId + "." + step.id();
  }

  static boolean isJson(int step) {
    return step % 2 == 1;
  }

  static ModelRequest of(RunDefinition job, PrepareStep effect) {
    StepSpec step = job.steps().get(effect.step());
    Random random =
        new Random(job.jobId().hashCode() * 31L + effect.record() * 1_009 + effect.step());
    StringBuilder prompt =
        new StringBuilder(job.jobId() + " record " + effect.record() + " step " + effect.step());
    for (int i = random.nextInt(MOST_LETTERS); i > 0; i--) {
      prompt.append(LETTERS[random.nextInt(LETTERS.length)]);
    }
    effect.finishedSteps().stream()
        .filter(result -> result.output() != null)
        .forEach(result -> prompt.append(text(result.output())));
    List<Turn> turns = new ArrayList<>(List.of(Turn.ofUser(prompt.toString())));
    Repair repair = effect.repair();
    if (repair != null) {
      turns.add(Turn.ofModel(text(repair.output())));
      turns.add(Turn.ofUser("That does not fit: " + repair.violation()));
    }
    return ModelRequest.of(
        modelOf(job.jobId(), step),
        turns,
        step.maxTokens(),
        0.5,
        isJson(effect.step()) ? SCHEMA : null);
  }

  /** No call of the job may cost more. */
  static long largestReservation(RunDefinition job, double bytesPerToken) {
    long largest = 0;
    long outputBytes = 0;
    for (StepSpec step : job.steps()) {
      long own = (long) (step.maxTokens() * bytesPerToken) + 1;
      int bound = (int) (MOST_BYTES + outputBytes + own + 3_000);
      largest = Math.max(largest, step.price().cost(bound, step.maxTokens()));
      outputBytes += own;
    }
    return largest;
  }

  private static String text(Output output) {
    return ((Output.Inline) output).text();
  }
}
