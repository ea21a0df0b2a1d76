package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.journal.Ownership;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.pressure.FailureClass;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalAuditTest {
  private static final Ownership FIRST = new Ownership(1, "a");
  private static final Ownership SECOND = new Ownership(2, "b");

  private final JournalAudit audit = new JournalAudit();

  @Test
  void aCallMadeAnewAfterItsAnswerStoodThereIsRepaid() {
    acknowledged(FIRST, intent(7, 0, 0));
    acknowledged(FIRST, answered(7, 0, 0));
    acknowledged(SECOND, intent(7, 0, 1), answered(7, 0, 1));

    assertThat(audit.sums()).isEqualTo(new JournalAudit.Sums(1, 1, 0));
  }

  @Test
  void aCallMadeAnewBecauseItsOutcomeWasLostIsNot() {
    acknowledged(FIRST, intent(7, 0, 0), intent(8, 0, 0), failed(8, 0, 0), intent(8, 0, 1));
    acknowledged(SECOND, intent(7, 0, 1), answered(7, 0, 1), intent(8, 0, 2), answered(8, 0, 2));
    acknowledged(SECOND, intent(7, 1, 0), answered(7, 1, 0));

    assertThat(audit.sums()).isEqualTo(new JournalAudit.Sums(3, 0, 2));
  }

  @Test
  void twoOwnersThatDoNotKnowOfEachOtherLeaveTheirOwnCallsOpen() {
    acknowledged(FIRST, intent(7, 0, 0));
    acknowledged(SECOND, intent(7, 0, 0), answered(7, 0, 0));

    assertThat(audit.sums()).isEqualTo(new JournalAudit.Sums(1, 0, 1));
  }

  @Test
  void jobsHaveNothingToDoWithEachOther() {
    acknowledged(FIRST, intent(7, 0, 0), answered(7, 0, 0));
    audit.acknowledged("other", new Segment(SECOND, 0, List.of(intent(7, 0, 0))));

    assertThat(audit.sums()).isEqualTo(new JournalAudit.Sums(1, 0, 1));
  }

  private void acknowledged(Ownership owner, JournalEntry... entries) {
    audit.acknowledged("job", new Segment(owner, 0, List.of(entries)));
  }

  private static Intent intent(long record, int step, int attempt) {
    return new Intent(new CallId(record, step, attempt), 10, "hash", 0);
  }

  private static Outcome answered(long record, int step, int attempt) {
    Result result = new Result.Answered(new Output.Inline("text"));
    return new Outcome(new CallId(record, step, attempt), result, 1, 1, 2, 0);
  }

  private static Outcome failed(long record, int step, int attempt) {
    Result result = new Result.Failed(FailureClass.THROTTLED, "not now");
    return new Outcome(new CallId(record, step, attempt), result, 0, 0, 0, 0);
  }
}
