package io.plotpalette.generator.run;

import io.plotpalette.generator.budget.ModelPrice;
import java.util.Objects;

/**
 * What a run has to know of a template's step: not what it asks, but whom and for how much.
 *
 * @param model id of the model, resolved from alias or tier
 * @param maxTokens of the output, 1 or more
 */
public record StepSpec(String id, String model, ModelPrice price, int maxTokens) {
  public StepSpec {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(price, "price");
    if (maxTokens < 1) {
      throw new IllegalArgumentException("max_tokens of step " + id + " is " + maxTokens);
    }
  }
}
