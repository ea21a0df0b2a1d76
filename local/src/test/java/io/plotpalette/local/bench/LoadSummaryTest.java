package io.plotpalette.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoadSummaryTest {
  @Test
  void readsTheLineAmongGatlingsOwn() throws IOException {
    String output =
        """
        Simulation io.plotpalette.load.TasksSimulation started...
        load {"requests": 3000, "errors": 2, "seconds": 30.000, "p50_ms": 4, "p99_ms": 41}
        """;

    LoadSummary summary = LoadSummary.of(output);

    assertThat(summary)
        .isEqualTo(new LoadSummary(3_000, 2, 100, Duration.ofMillis(4), Duration.ofMillis(41)));
  }

  @Test
  void aRunThatBrokeShowsWhatItSaid() {
    assertThatThrownBy(() -> LoadSummary.of("Run crashed\n"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Run crashed");
  }
}
