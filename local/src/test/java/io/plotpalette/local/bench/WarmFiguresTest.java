package io.plotpalette.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmFiguresTest {
  private static final String RESULT =
      """
      [{"benchmark": "io.plotpalette.api.tasks.TasksHandlerBenchmark.create",
        "primaryMetric": {"scoreUnit": "%s",
                          "scorePercentiles": {"50.0": 120.4, "99.0": 398.6}}}]
      """;

  @TempDir private Path folder;

  @Test
  void microsecondsBecomeMilliseconds() throws IOException {
    Path results = Files.writeString(folder.resolve("jmh.json"), RESULT.formatted("us/op"));

    assertThat(WarmFigures.of(results))
        .startsWith("{\"create_p50_ms\":0.12,\"create_p99_ms\":0.399,");
  }

  @Test
  void anotherUnitIsNotTakenForMicroseconds() throws IOException {
    Path results = Files.writeString(folder.resolve("jmh.json"), RESULT.formatted("ms/op"));

    assertThatThrownBy(() -> WarmFigures.of(results))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ms/op");
  }
}
