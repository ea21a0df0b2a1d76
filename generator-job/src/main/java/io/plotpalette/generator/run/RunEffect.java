package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalRequest;
import java.util.List;

/** Something a run wants done. */
public sealed interface RunEffect {

  /** Answered by {@code SeedLoaded} or {@code SeedFailed}. */
  record LoadSeed() implements RunEffect {}

  /** Answered by {@code JournalRead}, {@code SegmentWritten} or {@code SegmentCollided}. */
  record AskJournal(JournalRequest request) implements RunEffect {}

  /**
   * Render the prompt of a step. Answered by {@code StepPrepared}, {@code StepSkipped} or {@code
   * PreparationFailed}.
   *
   * @param finishedSteps whose outputs it may use
   * @param repair null unless an output has to be put right
   */
  record PrepareStep(long record, int step, List<StepResult> finishedSteps, Repair repair)
      implements RunEffect {}

  /** The intent is durable: call. Answered by {@code CallAnswered} or {@code CallFailed}. */
  record MakeCall(CallId call, StepSpec step, PreparedPrompt prompt) implements RunEffect {}

  record EmitRecord(FinishedRecord record) implements RunEffect {}

  record EmitProgress(Progress progress) implements RunEffect {}

  /** Send {@code Woken} at this time, in epoch milliseconds. An earlier one may follow. */
  record WakeAt(long at) implements RunEffect {}

  /** Send {@code Woken} to another job of the subtask: it is its turn at a model. */
  record WakeJob(String jobId) implements RunEffect {}

  /** Nothing follows any more; every record that was begun has left. */
  record JobStopped(Ending ending) implements RunEffect {}

  /**
   * A newer owner has the job. This one has stopped where it stood; whoever runs it must fail, for
   * if it should be the rightful one it has to start again.
   */
  record OwnershipLost() implements RunEffect {}
}
