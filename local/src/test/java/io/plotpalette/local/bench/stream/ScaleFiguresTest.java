package io.plotpalette.local.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ScaleFiguresTest {
  @Test
  void theStartOfAJobIsNoCostOfAChange() throws Exception {
    ScaleFigures figures = new ScaleFigures(0.5);
    figures.add(100_000, 1.5);
    figures.add(10_000_000, 120.5);

    JsonNode json = new ObjectMapper().readTree(figures.json());

    assertThat(json.get("changes_100000_cpu_s_per_million").asDouble()).isEqualTo(10);
    assertThat(json.get("changes_10000000_cpu_s_per_million").asDouble()).isEqualTo(12);
    assertThat(json.get("max_to_min").asDouble()).isEqualTo(1.2);
    assertThat(json.get("changes_100000_cpu_s_per_million_with_start").asDouble()).isEqualTo(15);
    assertThat(json.get("max_to_min_with_start").asDouble()).isEqualTo(1.24);
    assertThat(json.get("start_cpu_s").asDouble()).isEqualTo(0.5);
  }
}
