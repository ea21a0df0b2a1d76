package io.plotpalette.generator.run;

/**
 * What the calls of one step of one record came to.
 *
 * @param cost nano-USD, calls without an answer included
 * @param attempts calls made
 * @param promptSha256 of the last call, in hex; null before the first
 */
public record StepUsage(
    long tokensIn, long tokensOut, long cost, int attempts, String promptSha256) {
  static final StepUsage NONE = new StepUsage(0, 0, 0, 0, null);

  StepUsage called(String prompt) {
    return new StepUsage(tokensIn, tokensOut, cost, attempts + 1, prompt);
  }

  StepUsage notMade() {
    return new StepUsage(tokensIn, tokensOut, cost, attempts - 1, promptSha256);
  }

  StepUsage spent(long moreIn, long moreOut, long moreCost) {
    return new StepUsage(
        tokensIn + moreIn, tokensOut + moreOut, cost + moreCost, attempts, promptSha256);
  }
}
