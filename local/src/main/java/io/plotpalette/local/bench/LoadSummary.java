package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;

/**
 * What Gatling's users say at the end of a run.
 *
 * @param errors requests without the answer that was expected; the percentiles leave them out
 */
record LoadSummary(
    long requests, long errors, double requestsPerSecond, Duration p50, Duration p99) {
  private static final String START = "load ";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param output of the whole run
   * @throws IllegalStateException with the output if it did not come to its end
   */
  static LoadSummary of(String output) throws IOException {
    String line =
        output
            .lines()
            .filter(candidate -> candidate.startsWith(START))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("Gatling did not finish: " + output));
    JsonNode json = JSON.readTree(line.substring(START.length()));
    long requests = json.path("requests").longValue();
    double seconds = json.path("seconds").doubleValue();
    return new LoadSummary(
        requests,
        json.path("errors").longValue(),
        seconds > 0 ? requests / seconds : 0,
        Duration.ofMillis(json.path("p50_ms").longValue()),
        Duration.ofMillis(json.path("p99_ms").longValue()));
  }
}
