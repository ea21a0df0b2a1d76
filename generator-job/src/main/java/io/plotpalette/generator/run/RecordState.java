package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.Output;
import java.util.ArrayList;
import java.util.List;

/**
 * A record that is begun and not finished, as far as the journal tells. Immutable.
 *
 * @param step the one it is at
 * @param nextAttempt number of that step's next call
 * @param failures of that step in a row
 * @param repair what the next call has to put right; null if there was no invalid output
 * @param notBefore when the next call may be made, in epoch milliseconds; 0 for at once
 * @param openCall journalled and without an outcome; null if there is none
 * @param usage of the step it is at
 * @param finishedSteps all before the one it is at
 */
public record RecordState(
    long index,
    int step,
    int nextAttempt,
    int failures,
    Repair repair,
    long notBefore,
    Intent openCall,
    StepUsage usage,
    List<StepResult> finishedSteps) {

  public RecordState {
    finishedSteps = List.copyOf(finishedSteps);
  }

  static RecordState begun(long index) {
    return new RecordState(index, 0, 0, 0, null, 0, null, StepUsage.NONE, List.of());
  }

  CallId nextCall() {
    return new CallId(index, step, nextAttempt);
  }

  /** Whether money may have been spent on it. */
  boolean hasCalls() {
    return usage.attempts() > 0
        || finishedSteps.stream().anyMatch(done -> done.usage().attempts() > 0);
  }

  RecordState called(Intent intent) {
    return new RecordState(
        index,
        step,
        intent.call().attempt() + 1,
        failures,
        repair,
        0,
        intent,
        usage.called(intent.promptSha256()),
        finishedSteps);
  }

  /** The call's outcome has been counted; what it means for the record follows. */
  RecordState settled(Outcome outcome) {
    return withUsage(usage.spent(outcome.tokensIn(), outcome.tokensOut(), outcome.cost()));
  }

  RecordState forfeited() {
    return withUsage(usage.spent(0, 0, openCall.reservation()));
  }

  RecordState notMade() {
    return withUsage(usage.notMade());
  }

  private RecordState withUsage(StepUsage changed) {
    return new RecordState(
        index, step, nextAttempt, failures, repair, notBefore, null, changed, finishedSteps);
  }

  RecordState failedUntil(long retryAt) {
    return new RecordState(
        index, step, nextAttempt, failures + 1, repair, retryAt, null, usage, finishedSteps);
  }

  RecordState repairing(Repair invalid) {
    return new RecordState(index, step, nextAttempt, 0, invalid, 0, null, usage, finishedSteps);
  }

  /**
   * @param output null if the step is skipped
   */
  RecordState stepDone(String stepId, Output output) {
    return new RecordState(
        index,
        step + 1,
        0,
        0,
        null,
        0,
        null,
        StepUsage.NONE,
        withResult(new StepResult(stepId, output, usage)));
  }

  /** All steps so far, the one it is at included if it was tried. */
  List<StepResult> steps(String stepId) {
    return usage.attempts() == 0 ? finishedSteps : withResult(new StepResult(stepId, null, usage));
  }

  private List<StepResult> withResult(StepResult result) {
    List<StepResult> all = new ArrayList<>(finishedSteps);
    all.add(result);
    return all;
  }
}
