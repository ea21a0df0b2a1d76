package io.plotpalette.connector.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.TestingClock;
import org.junit.jupiter.api.Test;

class OutageMeterTest {
  private final TestingClock clock = new TestingClock(1_000);
  private final OutageMeter outage = new OutageMeter(clock);

  @Test
  void lastsFromTheFirstFailureToTheNextSuccess() {
    assertThat(outage.millis()).isZero();

    outage.failed();
    clock.advance(300);
    outage.failed();
    clock.advance(200);
    assertThat(outage.millis()).isEqualTo(500);

    outage.succeeded();
    assertThat(outage.millis()).isZero();
  }
}
