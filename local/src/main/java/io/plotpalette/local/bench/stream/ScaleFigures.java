package io.plotpalette.local.bench.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** What changes cost in files of different length. */
final class ScaleFigures {
  private final double startCpuSeconds;
  private final Map<Long, Double> cpuSeconds = new TreeMap<>();

  /**
   * @param startCpuSeconds of a job with next to no changes
   */
  ScaleFigures(double startCpuSeconds) {
    this.startCpuSeconds = startCpuSeconds;
  }

  /** A file of {@code changes}, and the CPU seconds of its whole job. */
  void add(long changes, double seconds) {
    cpuSeconds.put(changes, seconds);
  }

  /** One line: every figure by name and unit. */
  String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    double least = Double.MAX_VALUE;
    double greatest = 0;
    double leastWithStart = Double.MAX_VALUE;
    double greatestWithStart = 0;
    for (Map.Entry<Long, Double> size : cpuSeconds.entrySet()) {
      double millions = size.getKey() / 1e6;
      double withStart = size.getValue() / millions;
      double cost = (size.getValue() - startCpuSeconds) / millions;
      json.put("changes_" + size.getKey() + "_cpu_s_per_million", StreamBench.rounded(cost));
      json.put(
          "changes_" + size.getKey() + "_cpu_s_per_million_with_start",
          StreamBench.rounded(withStart));
      least = Math.min(least, cost);
      greatest = Math.max(greatest, cost);
      leastWithStart = Math.min(leastWithStart, withStart);
      greatestWithStart = Math.max(greatestWithStart, withStart);
    }
    json.put("start_cpu_s", StreamBench.rounded(startCpuSeconds));
    json.put("max_to_min", StreamBench.rounded(greatest / least));
    json.put("max_to_min_with_start", StreamBench.rounded(greatestWithStart / leastWithStart));
    json.put("cores", Runtime.getRuntime().availableProcessors());
    json.put("java", System.getProperty("java.version"));
    return json.toString();
  }
}
