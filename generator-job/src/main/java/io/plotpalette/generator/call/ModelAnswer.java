package io.plotpalette.generator.call;

import java.util.Objects;

/**
 * What a model has written.
 *
 * @param text empty if it wrote none
 * @param tokensIn as billed
 * @param tokensOut as billed
 */
public record ModelAnswer(String text, int tokensIn, int tokensOut) {
  public ModelAnswer {
    Objects.requireNonNull(text, "text");
    if (tokensIn < 0 || tokensOut < 0) {
      throw new IllegalArgumentException(
          "an answer has no negative tokens, but " + tokensIn + " in and " + tokensOut + " out");
    }
  }
}
