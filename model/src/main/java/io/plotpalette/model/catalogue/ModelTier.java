package io.plotpalette.model.catalogue;

import java.util.Optional;

/** How much a model can and costs; {@link #wireName} is what JSON holds. */
public enum ModelTier {
  /** Simple transformations. */
  CHEAP(1, "cheap"),
  /** Moderate complexity. */
  BALANCED(2, "balanced"),
  /** Complex reasoning. */
  PREMIUM(3, "premium");

  private final int number;
  private final String wireName;

  ModelTier(int number, String wireName) {
    this.number = number;
    this.wireName = wireName;
  }

  /** 1 to 3. */
  public int number() {
    return number;
  }

  public String wireName() {
    return wireName;
  }

  /** The tier with this name or number, also as {@code tier-1}; empty for any other text. */
  public static Optional<ModelTier> fromText(String text) {
    for (ModelTier tier : values()) {
      if (tier.wireName.equals(text)
          || Integer.toString(tier.number).equals(text)
          || ("tier-" + tier.number).equals(text)) {
        return Optional.of(tier);
      }
    }
    return Optional.empty();
  }
}
