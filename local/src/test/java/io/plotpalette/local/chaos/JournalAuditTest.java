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
import io.plotpalette.model.money.Money;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalAuditTest {
  private static final Ownership FIRST = new Ownership(1, "a");
  private static final Ownership SECOND = new Ownership(2, "b");

  @Test
  void aCallMadeAnewAfterItsAnswerStoodThereIsRepaid() {
    List<Segment> segments =
        List.of(
            segment(SECOND, 0, intent(7, 0, 1), answered(7, 0, 1)),
            segment(FIRST, 1, answered(7, 0, 0)),
            segment(FIRST, 0, intent(7, 0, 0)));

    assertThat(JournalAudit.of(segments)).isEqualTo(new JournalAudit(1, 1, 0));
  }

  @Test
  void aCallMadeAnewBecauseItsOutcomeWasLostIsNot() {
    List<Segment> segments =
        List.of(
            segment(FIRST, 0, intent(7, 0, 0), intent(8, 0, 0), failed(8, 0, 0), intent(8, 0, 1)),
            segment(SECOND, 0, intent(7, 0, 1), answered(7, 0, 1), answered(8, 0, 1)),
            segment(SECOND, 1, intent(7, 1, 0), answered(7, 1, 0)));

    assertThat(JournalAudit.of(segments)).isEqualTo(new JournalAudit(3, 0, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 5, 0, true",
    "1, 0, 0, 0, 0, false",
    "0, 1, 0, 0, 0, false",
    "0, 0, 1, 1, 0, false",
    "0, 0, 0, 6, 0, false",
    "0, 0, 0, 0, 1, false"
  })
  void aReportIsCleanOnlyIfNothingIsWrong(
      long lost, long duplicated, long afterJournal, long repaid, long overshoot, boolean clean) {
    DatasetChaosReport report =
        new DatasetChaosReport(
            2,
            lost,
            duplicated,
            afterJournal,
            repaid,
            96,
            5,
            new Money(overshoot),
            100,
            Duration.ofSeconds(9),
            1);

    assertThat(report.isClean()).isEqualTo(clean);
  }

  private static Segment segment(Ownership owner, long sequence, JournalEntry... entries) {
    return new Segment(owner, sequence, List.of(entries));
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
