package io.plotpalette.generator.run;

import java.util.List;

/**
 * A record that leaves the run.
 *
 * @param steps what was done, in order; a failed step is the last one, without output
 * @param failedStep id of the step that failed or rejected it; null if it is ok
 * @param error why; null if it is ok
 * @param finishedAt epoch milliseconds; if a call's outcome ended it, that instant, however often
 *     it is replayed
 */
public record FinishedRecord(
    long index,
    Status status,
    List<StepResult> steps,
    String failedStep,
    String error,
    long finishedAt) {

  /** What became of it. */
  public enum Status {
    OK,
    FAILED,
    REJECTED
  }

  public FinishedRecord {
    steps = List.copyOf(steps);
  }
}
