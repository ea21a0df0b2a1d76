package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentAddress;
import io.plotpalette.generator.pressure.FailureClass;
import java.util.List;

/** Something a run is told. What answers an effect comes once; a cancel may come again. */
public sealed interface RunEvent {

  /** The seed data is at hand for those who prepare steps. */
  record SeedLoaded() implements RunEvent {}

  /** The seed data cannot be had; trying again would not help. */
  record SeedFailed(String reason) implements RunEvent {}

  /**
   * Segments of a bucket, from the one that was asked for.
   *
   * @param last whether nothing stands behind the page
   */
  record JournalRead(int bucket, List<Segment> page, boolean last) implements RunEvent {}

  record SegmentWritten(SegmentAddress address) implements RunEvent {}

  /**
   * The address was taken, by whomever.
   *
   * @param existing what stands at the address
   */
  record SegmentCollided(SegmentAddress address, Segment existing) implements RunEvent {}

  /** A segment stands in the journal that cannot be decoded. */
  record JournalUnreadable(String reason) implements RunEvent {}

  record StepPrepared(long record, int step, PreparedPrompt prompt) implements RunEvent {}

  /** The step's {@code skip_when} holds. */
  record StepSkipped(long record, int step) implements RunEvent {}

  /** The step's prompt cannot be rendered from this record's values. */
  record PreparationFailed(long record, int step, String reason) implements RunEvent {}

  /**
   * A call came back with an output.
   *
   * @param result with the output checked: answered, invalid or rejected
   * @param tokensIn as billed, 0 or more; a body without usable usage is a failed call
   */
  record CallAnswered(CallId call, Result result, int tokensIn, int tokensOut)
      implements RunEvent {}

  record CallFailed(CallId call, FailureClass failure, String message) implements RunEvent {}

  /** Time has passed, or it is the job's turn at a model. */
  record Woken() implements RunEvent {}

  record CancelRequested() implements RunEvent {}
}
