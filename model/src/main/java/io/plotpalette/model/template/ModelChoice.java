package io.plotpalette.model.template;

import io.plotpalette.model.catalogue.ModelTier;
import java.util.Objects;

/** Which model a step asks for. */
public sealed interface ModelChoice {
  /**
   * One model.
   *
   * @param name its id or an alias; the catalogue knows whether it exists
   */
  record Named(String name) implements ModelChoice {
    public Named {
      Objects.requireNonNull(name, "name");
    }
  }

  /** The model the catalogue has for the tier in the region of the job. */
  record OfTier(ModelTier tier) implements ModelChoice {
    public OfTier {
      Objects.requireNonNull(tier, "tier");
    }
  }
}
