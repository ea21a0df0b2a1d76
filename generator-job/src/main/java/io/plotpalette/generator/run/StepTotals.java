package io.plotpalette.generator.run;

/**
 * What a step has come to over all records, since the job began.
 *
 * @param calls journalled, those without an outcome included
 * @param cost nano-USD
 */
public record StepTotals(long calls, long tokensIn, long tokensOut, long cost) {
  static final StepTotals NONE = new StepTotals(0, 0, 0, 0);

  StepTotals called() {
    return new StepTotals(calls + 1, tokensIn, tokensOut, cost);
  }

  StepTotals notMade() {
    return new StepTotals(calls - 1, tokensIn, tokensOut, cost);
  }

  StepTotals spent(long moreIn, long moreOut, long moreCost) {
    return new StepTotals(calls, tokensIn + moreIn, tokensOut + moreOut, cost + moreCost);
  }
}
