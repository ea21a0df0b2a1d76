package io.plotpalette.local.chaos;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.Segment;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the call journals of some jobs say of repeated calls.
 *
 * @param answeredSteps steps of records that have an answer: so many calls were needed
 * @param repaidAfterJournal calls of steps whose answer was in the journal before
 * @param leftOpen calls whose outcome nobody wrote down: what the kills interrupted
 */
record JournalAudit(long answeredSteps, long repaidAfterJournal, long leftOpen) {
  static final JournalAudit NOTHING = new JournalAudit(0, 0, 0);

  private record Step(long record, int step) {
    private static Step of(CallId call) {
      return new Step(call.record(), call.step());
    }
  }

  /** Of one job, all its segments in any order. */
  static JournalAudit of(List<Segment> segments) {
    Set<Step> answered = new HashSet<>();
    Set<CallId> open = new HashSet<>();
    long repaid = 0;
    List<Segment> inOrder =
        segments.stream()
            .sorted(Comparator.comparing(Segment::ownership).thenComparingLong(Segment::sequence))
            .toList();
    for (Segment segment : inOrder) {
      for (JournalEntry entry : segment.entries()) {
        if (entry instanceof Intent) {
          open.add(entry.call());
          repaid += answered.contains(Step.of(entry.call())) ? 1 : 0;
        } else if (entry instanceof Outcome outcome) {
          open.remove(outcome.call());
          if (outcome.result() instanceof Result.Answered) {
            answered.add(Step.of(outcome.call()));
          }
        }
      }
    }
    return new JournalAudit(answered.size(), repaid, open.size());
  }

  JournalAudit plus(JournalAudit other) {
    return new JournalAudit(
        answeredSteps + other.answeredSteps,
        repaidAfterJournal + other.repaidAfterJournal,
        leftOpen + other.leftOpen);
  }
}
