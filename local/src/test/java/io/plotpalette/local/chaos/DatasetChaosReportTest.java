package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.money.Money;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetChaosReportTest {

  @Test
  void callsThatAKillInterruptedMayBePaidTwice() {
    assertThat(report(0, 0, 0, 0, 5, 0).brokenPromises()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 0, 0, 0, every job ends well",
    "0, 1, 0, 0, 0, 0, no record is lost",
    "0, 0, 1, 0, 0, 0, every record is there once",
    "0, 0, 0, 1, 1, 0, no journalled call is paid again",
    "0, 0, 0, 0, 6, 0, only what a kill interrupts is paid twice",
    "0, 0, 0, 0, 0, 1, no budget is exceeded"
  })
  void whatIsWrongIsNamed(
      int notEnded,
      long lost,
      long duplicated,
      long afterJournal,
      long repaid,
      long overshoot,
      String promise) {
    assertThat(report(notEnded, lost, duplicated, afterJournal, repaid, overshoot).brokenPromises())
        .singleElement()
        .asString()
        .startsWith(promise);
  }

  /** With five calls without an outcome. */
  private static DatasetChaosReport report(
      int notEnded, long lost, long duplicated, long afterJournal, long repaid, long overshoot) {
    return new DatasetChaosReport(
        2,
        1,
        notEnded,
        lost,
        duplicated,
        afterJournal,
        repaid,
        96,
        5,
        3,
        new Money(overshoot),
        100,
        Duration.ofSeconds(9),
        1);
  }
}
