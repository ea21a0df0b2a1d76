package io.plotpalette.connector.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration MIN = Duration.ofMillis(100);
  private static final Duration MAX = Duration.ofSeconds(2);

  @Test
  void doublesUntilTheLongestWait() {
    Backoff backoff = new Backoff(MIN, MAX, () -> 1);

    assertThat(backoff.millis(1)).isEqualTo(100);
    assertThat(backoff.millis(2)).isEqualTo(200);
    assertThat(backoff.millis(5)).isEqualTo(1_600);
    assertThat(backoff.millis(6)).isEqualTo(2_000);
    assertThat(backoff.millis(1_000)).isEqualTo(2_000);
  }

  @Test
  void halfOfTheWaitIsRandom() {
    assertThat(new Backoff(MIN, MAX, () -> 0).millis(1)).isEqualTo(50);
    assertThat(new Backoff(MIN, MAX, () -> 0.5).millis(1)).isEqualTo(75);
  }

  @Test
  void longOutageIsReportedSeldomButNotForgotten() {
    assertThat(IntStream.rangeClosed(1, 200).filter(Backoff::isReported))
        .containsExactly(1, 2, 4, 8, 16, 32, 64, 128, 192);
  }
}
