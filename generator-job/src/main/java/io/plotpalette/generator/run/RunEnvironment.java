package io.plotpalette.generator.run;

import io.plotpalette.generator.budget.Budget;
import io.plotpalette.generator.journal.CommitPolicy;
import io.plotpalette.generator.pressure.ModelGate;
import io.plotpalette.generator.pressure.RetryDelays;
import java.util.function.Function;

/**
 * What the runs of one subtask share.
 *
 * @param gates by model id
 */
public record RunEnvironment(
    CommitPolicy commitPolicy,
    Function<String, ModelGate> gates,
    RetryDelays retryDelays,
    BudgetFactory budgets) {

  /** Makes the budget of a job. */
  @FunctionalInterface
  public interface BudgetFactory {
    /**
     * The budget of a job with these amounts.
     *
     * @param limit nano-USD
     * @param spent nano-USD
     */
    Budget create(long limit, long spent);
  }
}
