package io.plotpalette.generator.budget;

/**
 * What a model asks for tokens, in nano-USD a million of them (0.30 USD are 300,000,000).
 *
 * @param inputPerMillion 0 to 1,000 USD
 * @param outputPerMillion 0 to 1,000 USD
 */
public record ModelPrice(long inputPerMillion, long outputPerMillion) {
  private static final long MILLION = 1_000_000;
  private static final long MAX_PER_MILLION = 1_000_000_000_000L;

  public ModelPrice {
    check("input", inputPerMillion);
    check("output", outputPerMillion);
  }

  /**
   * What a call with these tokens costs, in nano-USD. Either side is rounded up by itself, so that
   * more tokens never cost less and a bound on tokens is a bound on cost.
   */
  public long cost(int inputTokens, int outputTokens) {
    return side(inputPerMillion, inputTokens) + side(outputPerMillion, outputTokens);
  }

  private static long side(long perMillion, int tokens) {
    if (tokens < 0) {
      throw new IllegalArgumentException(tokens + " tokens are less than none");
    }
    // Whole millions apart from the rest: neither product can overflow within the bounds above.
    long rest = perMillion * (tokens % MILLION);
    return perMillion * (tokens / MILLION) + rest / MILLION + (rest % MILLION == 0 ? 0 : 1);
  }

  private static void check(String side, long perMillion) {
    if (perMillion < 0 || perMillion > MAX_PER_MILLION) {
      throw new IllegalArgumentException(
          "the price of a million %s tokens is %d nano-USD, not 0 to %d"
              .formatted(side, perMillion, MAX_PER_MILLION));
    }
  }
}
