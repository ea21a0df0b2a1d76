package io.plotpalette.generator.run;

import java.util.List;

/**
 * The numbers of a run at one instant: {@code requested = ok + failed + rejected + notStarted +
 * inFlight}.
 *
 * @param sequence grows with every progress of a job, also over owners
 * @param inFlight records begun and not finished
 * @param spent nano-USD
 * @param reserved nano-USD
 * @param steps in the template's order
 * @param ending null while the job goes on as usual
 */
public record Progress(
    long sequence,
    long requested,
    long notStarted,
    long inFlight,
    Counters counters,
    long spent,
    long reserved,
    List<StepTotals> steps,
    Ending ending) {
  public Progress {
    steps = List.copyOf(steps);
  }
}
