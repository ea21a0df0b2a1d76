package io.plotpalette.generator.run;

import java.util.List;
import java.util.Objects;

/**
 * One generation job as far as a run needs it. It never changes.
 *
 * @param recordCount rows of the dataset, 1 or more
 * @param budgetLimit nano-USD
 * @param maxInFlight calls that are made, or answered and not yet durable, at once; 1 or more
 * @param steps in their order, at least one
 */
public record RunDefinition(
    String jobId, long recordCount, long budgetLimit, int maxInFlight, List<StepSpec> steps) {
  public RunDefinition {
    Objects.requireNonNull(jobId, "jobId");
    steps = List.copyOf(steps);
    if (recordCount < 1 || budgetLimit < 0 || maxInFlight < 1 || steps.isEmpty()) {
      throw new IllegalArgumentException(
          "job %s needs a record, a budget, a call in flight and a step, not %d, %d, %d and %d"
              .formatted(jobId, recordCount, budgetLimit, maxInFlight, steps.size()));
    }
  }

  /**
   * Calls of a model that are prepared, reserved and journalled before there is room for them. They
   * hide the journal's latency: with an eighth of the calls in flight, an intent may take an eighth
   * of a call's time. More would only set more money aside, which a kill forfeits.
   */
  int maxAhead() {
    return (maxInFlight + 7) / 8;
  }

  /** Records begun at once. Those that wait for a retry leave room for as many others. */
  long maxRecords() {
    return 2L * maxInFlight + (long) steps.size() * maxAhead();
  }
}
