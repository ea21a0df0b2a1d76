package io.plotpalette.local.chaos;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.Ownership;
import io.plotpalette.generator.journal.Segment;
import java.util.HashSet;
import java.util.Set;

/**
 * What the call journals say of repeated calls: told every segment that was acknowledged, in that
 * order. What the table kept of them does not matter here, for an acknowledged answer is one that
 * need not be paid again. Thread-safe.
 */
final class JournalAudit {
  private final Set<Step> answered = new HashSet<>();
  private final Set<OwnedCall> open = new HashSet<>();
  private long repaidAfterJournal;

  private record Step(String jobId, long record, int step) {}

  /** Two owners that do not know of each other use the same ids. */
  private record OwnedCall(String jobId, Ownership owner, CallId call) {}

  /**
   * The sums over all jobs.
   *
   * @param answeredSteps steps of records that have an answer: so many calls were needed
   * @param repaidAfterJournal calls of steps whose answer was in the journal before
   * @param leftOpen calls whose outcome nobody wrote down: what the kills interrupted
   */
  record Sums(long answeredSteps, long repaidAfterJournal, long leftOpen) {}

  synchronized void acknowledged(String jobId, Segment segment) {
    for (JournalEntry entry : segment.entries()) {
      CallId call = entry.call();
      Step step = new Step(jobId, call.record(), call.step());
      OwnedCall owned = new OwnedCall(jobId, segment.ownership(), call);
      if (entry instanceof Intent) {
        open.add(owned);
        repaidAfterJournal += answered.contains(step) ? 1 : 0;
      } else if (entry instanceof Outcome outcome) {
        open.remove(owned);
        if (outcome.result() instanceof Result.Answered) {
          answered.add(step);
        }
      }
    }
  }

  synchronized Sums sums() {
    return new Sums(answered.size(), repaidAfterJournal, open.size());
  }
}
