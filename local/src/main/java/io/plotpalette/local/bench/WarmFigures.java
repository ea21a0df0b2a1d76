package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/** The results of JMH as a line of JSON. */
public final class WarmFigures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private WarmFigures() {}

  /**
   * For each benchmark its name, and at p50 and p99 how long it took.
   *
   * @param results as JMH writes them, in microseconds
   */
  public static String of(Path results) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    for (JsonNode benchmark : JSON.readTree(results.toFile())) {
      String name = benchmark.path("benchmark").textValue();
      JsonNode metric = benchmark.path("primaryMetric");
      if (!metric.path("scoreUnit").asText().equals("us/op")) {
        throw new IllegalStateException("not in microseconds: " + metric.path("scoreUnit"));
      }
      for (String percentile : new String[] {"50", "99"}) {
        double micros = metric.path("scorePercentiles").path(percentile + ".0").doubleValue();
        json.put(
            "%s_p%s_ms".formatted(name.substring(name.lastIndexOf('.') + 1), percentile),
            Math.round(micros) / 1000.0);
      }
    }
    return json.put("java", System.getProperty("java.version")).toString();
  }
}
