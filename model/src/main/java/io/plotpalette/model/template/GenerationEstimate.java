package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.money.ReservedTokens;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import io.plotpalette.model.template.jinja.TokenEstimate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a job will cost, before its first call.
 *
 * <p>The prompts are rendered for a sample of the seed data, with stand-ins for the outputs of
 * earlier steps. <b>Expected</b>: input tokens as {@link TokenEstimate} guesses them, output half
 * of {@code max_tokens}, steps left out as often as in the sample. <b>Worst case</b>: every step of
 * every record called with the longest prompt of the sample, priced as the budget reserves it,
 * earlier outputs as long as {@code max_tokens} allows at {@value #LONGEST_TOKEN_BYTES} bytes a
 * token, and a second call for every JSON step, because an output that does not fit is repaired
 * once. Neither counts calls repeated after time-outs.
 *
 * @param expected of all steps
 * @param worstCase of all steps
 */
public record GenerationEstimate(List<StepEstimate> steps, Money expected, Money worstCase) {
  /** Most tokens of prose are shorter. */
  private static final int LONGEST_TOKEN_BYTES = 8;

  private static final int USUAL_TOKEN_CHARACTERS = 4;

  /** At most, for one UTF-16 unit. */
  private static final int UTF8_BYTES_A_CHARACTER = 3;

  /** What roles and separators of a message usually add. */
  private static final int USUAL_OVERHEAD_TOKENS = 20;

  public GenerationEstimate {
    steps = List.copyOf(steps);
  }

  /**
   * One step over all records.
   *
   * @param model id of the model
   */
  public record StepEstimate(String stepId, String model, Usage expected, Usage worstCase) {}

  /** Calls with what they read, write and cost together. */
  public record Usage(long calls, long tokensIn, long tokensOut, Money cost) {}

  /**
   * Estimates a job.
   *
   * @param models of the steps, from {@link ModelChoices}
   * @param sample seed entries that have the required fields, at least one
   * @param records to be made, at least 1
   * @throws PromptException when a prompt cannot be rendered for an entry of the sample
   * @throws ArithmeticException beyond 9.2 billion dollars
   */
  public static GenerationEstimate of(
      CompiledTemplate template,
      List<CatalogueModel> models,
      List<JsonNode> sample,
      long jobSeed,
      long records) {
    if (sample.isEmpty() || records < 1) {
      throw new IllegalArgumentException(
          "needs a seed entry and a record, has %d and %d".formatted(sample.size(), records));
    }
    int count = template.definition().steps().size();
    Sums[] usual = sums(count);
    Sums[] worst = sums(count);
    for (int i = 0; i < sample.size(); i++) {
      walk(template, sample.get(i), jobSeed, i, false, usual);
      walk(template, sample.get(i), jobSeed, i, true, worst);
    }
    List<StepEstimate> steps = new ArrayList<>();
    Money expected = Money.ZERO;
    Money worstCase = Money.ZERO;
    for (int i = 0; i < count; i++) {
      TemplateStep step = template.definition().steps().get(i);
      CatalogueModel model = models.get(i);
      Usage usualUsage = expected(step, model, usual[i], sample.size(), records);
      Usage worstUsage = worstCase(step, model, worst[i], records);
      expected = expected.plus(usualUsage.cost());
      worstCase = worstCase.plus(worstUsage.cost());
      steps.add(new StepEstimate(step.id(), model.id(), usualUsage, worstUsage));
    }
    return new GenerationEstimate(steps, expected, worstCase);
  }

  /** What the sample says of one step. */
  private static final class Sums {
    private long calls;
    private long tokens;
    private long longestBytes;
  }

  private static Sums[] sums(int count) {
    Sums[] sums = new Sums[count];
    for (int i = 0; i < count; i++) {
      sums[i] = new Sums();
    }
    return sums;
  }

  private static void walk(
      CompiledTemplate template,
      JsonNode entry,
      long jobSeed,
      int index,
      boolean longest,
      Sums[] sums) {
    RecordPrompts record = template.record(entry, jobSeed, index);
    for (int i = 0; i < sums.length; i++) {
      TemplateStep step = template.definition().steps().get(i);
      if (record.isSkipped(i)) {
        continue;
      }
      String schema = step.schema() == null ? "" : step.schema().toString();
      sums[i].calls++;
      try {
        String sent = record.prompt(i) + schema;
        sums[i].tokens += TokenEstimate.of(sent) + USUAL_OVERHEAD_TOKENS;
        sums[i].longestBytes = Math.max(sums[i].longestBytes, bytes(sent));
      } catch (PromptException e) {
        if (!longest) {
          throw e;
        }
        // With usual outputs it did render, so these are too long: no call is made with more.
        sums[i].longestBytes =
            bytes(schema) + (long) template.limits().outputCharacters() * UTF8_BYTES_A_CHARACTER;
      }
      int characters =
          longest
              ? step.maxTokens() * LONGEST_TOKEN_BYTES
              : expectedOutput(step) * USUAL_TOKEN_CHARACTERS;
      if (step.output() == OutputFormat.TEXT) {
        record.finish(i, StandInOutput.text(characters));
      } else {
        record.finish(i, StandInOutput.json(step.schema(), characters));
      }
    }
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int expectedOutput(TemplateStep step) {
    return (step.maxTokens() + 1) / 2;
  }

  private static Usage expected(
      TemplateStep step, CatalogueModel model, Sums sums, long sampleSize, long records) {
    // Rounded up: a step that runs for one entry of the sample runs for someone.
    long calls = ceilDiv(Math.multiplyExact(records, sums.calls), sampleSize);
    long tokensIn = ceilDiv(Math.multiplyExact(records, sums.tokens), sampleSize);
    long tokensOut = Math.multiplyExact(calls, (long) expectedOutput(step));
    return new Usage(calls, tokensIn, tokensOut, model.cost(tokensIn, tokensOut));
  }

  private static Usage worstCase(TemplateStep step, CatalogueModel model, Sums sums, long records) {
    // A step the sample always leaves out may still run; its own text is then all that is known.
    long bytes =
        sums.calls > 0 ? sums.longestBytes : step.prompt().getBytes(StandardCharsets.UTF_8).length;
    ReservedTokens first = ReservedTokens.ofCall(bytes, step.maxTokens());
    Usage once = usage(records, first, model);
    if (step.output() == OutputFormat.TEXT) {
      return once;
    }
    long withOutput = bytes + (long) step.maxTokens() * LONGEST_TOKEN_BYTES;
    Usage repair = usage(records, ReservedTokens.ofCall(withOutput, step.maxTokens()), model);
    return new Usage(
        once.calls() + repair.calls(),
        Math.addExact(once.tokensIn(), repair.tokensIn()),
        Math.addExact(once.tokensOut(), repair.tokensOut()),
        once.cost().plus(repair.cost()));
  }

  private static Usage usage(long records, ReservedTokens tokens, CatalogueModel model) {
    return new Usage(
        records,
        Math.multiplyExact(records, tokens.input()),
        Math.multiplyExact(records, tokens.output()),
        tokens.cost(model.priceIn(), model.priceOut()).times(records));
  }

  private static long ceilDiv(long dividend, long divisor) {
    return -Math.floorDiv(-dividend, divisor);
  }
}
