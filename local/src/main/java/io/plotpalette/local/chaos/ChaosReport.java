package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run did and found.
 *
 * @param moments how many kills met each moment
 * @param changes acknowledged by the table
 * @param unlikeTheTable tasks that verify found different in table and lake
 * @param savepoints how often the job was stopped with a savepoint and went on from it
 * @param parallelisms that the job ran with
 */
public record ChaosReport(
    Map<KillMoment, Integer> moments,
    long changes,
    LakeComparison.Result found,
    long unlikeTheTable,
    int savepoints,
    Set<Integer> parallelisms,
    Duration duration,
    long seed) {

  /** Whether nothing was lost, doubled or counted wrong. */
  public boolean isClean() {
    return found.isClean() && unlikeTheTable == 0;
  }

  /** Flat, on one line. */
  public String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("kills", moments.values().stream().mapToInt(Integer::intValue).sum());
    json.put("changes", changes);
    json.put("lost", found.lost());
    json.put("duplicated", found.duplicated());
    json.put("insights_wrong", found.insightsWrong());
    json.put("verify_differences", unlikeTheTable);
    json.put("savepoints", savepoints);
    json.put(
        "parallelisms",
        parallelisms.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
    json.put("seconds", duration.toSeconds());
    json.put("seed", seed);
    for (KillMoment moment : KillMoment.values()) {
      json.put(moment.figure(), moments.getOrDefault(moment, 0));
    }
    return json.toString();
  }
}
