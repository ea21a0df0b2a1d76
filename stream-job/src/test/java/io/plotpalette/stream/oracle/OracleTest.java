package io.plotpalette.stream.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.oracle.TaskHistory.Step;
import io.plotpalette.stream.parse.QualityRule;
import io.plotpalette.stream.parse.Rejection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories through the job's operators and through a plain reference: bronze, silver and
 * quarantine must be the same.
 *
 * <p>{@code -Doracle.seeds=1000} runs more of them (profile {@code oracle}), {@code
 * -Doracle.seed=17} the one that failed.
 */
class OracleTest {
  private static final List<Duration> LATENESS =
      List.of(Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1));
  private static final ObjectMapper JSON = new ObjectMapper();

  static LongStream seeds() {
    Long one = Long.getLong("oracle.seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.rangeClosed(1, Long.getLong("oracle.seeds", 50));
  }

  @ParameterizedTest(name = "-Doracle.seed={0}")
  @MethodSource("seeds")
  void theJobEqualsTheReference(long seed) throws Exception {
    Random random = new Random(~seed);
    Duration early = Duration.ofMillis(500 + random.nextInt(4_000));
    List<Grain> grains =
        List.of(
            Grain.hourly(early, LATENESS.get(random.nextInt(4))),
            Grain.daily(early.multipliedBy(2), LATENESS.get(random.nextInt(4))),
            Grain.minutely(early, LATENESS.get(random.nextInt(4))));
    List<Step> history = TaskHistory.ofSeed(seed);
    Reference expected =
        new Reference(
            history,
            List.of(
                windows("hourly", true, TaskHistory.HOUR, grains.get(0)),
                windows("daily", true, TaskHistory.DAY, grains.get(1)),
                windows("minutely", false, TaskHistory.MINUTE, grains.get(2))));

    SimulatedJob.Results results;
    try (SimulatedJob job =
        new SimulatedJob(
            grains, early.dividedBy(4), 1 + random.nextInt(3), 1 + random.nextInt(3))) {
      results = job.run(history);
    }

    assertThat(results.bronze.stream().map(OracleTest::line))
        .containsExactlyInAnyOrderElementsOf(expected.bronze);
    assertThat(quarantined(results.quarantine))
        .containsExactlyInAnyOrderElementsOf(expected.quarantine);
    assertThat(lastRows(results.silver)).isEqualTo(expected.silver);
  }

  /** Without these the comparison would prove little. */
  @Test
  void theHistoriesHoldWhatMakesItHard() {
    Map<String, Integer> seen = new TreeMap<>();
    List<Reference.Windows> strict =
        List.of(
            new Reference.Windows("hourly", true, TaskHistory.HOUR, 0),
            new Reference.Windows("daily", true, TaskHistory.DAY, 0),
            new Reference.Windows("minutely", false, TaskHistory.MINUTE, 0));
    for (long seed = 1; seed <= 50; seed++) {
      List<Step> history = TaskHistory.ofSeed(seed);
      Reference reference = new Reference(history, strict);
      reference.quarantine.forEach(
          line -> seen.merge(line.replaceFirst(" change-\\d+", ""), 1, Integer::sum));
      reference.silver.values().stream()
          .filter(row -> !row.contains("reopened 0"))
          .forEach(row -> seen.merge("reopened", 1, Integer::sum));
      long newest = Long.MIN_VALUE;
      for (Step step : history) {
        if (step.crash() != null) {
          seen.merge("crash", 1, Integer::sum);
        } else if (step.delivery() != null) {
          long time = step.delivery().streamTime();
          seen.merge(step.delivery().type(), 1, Integer::sum);
          seen.merge("out of order", time < newest ? 1 : 0, Integer::sum);
          seen.merge(
              "idle hour", newest > 0 && time - newest > TaskHistory.HOUR ? 1 : 0, Integer::sum);
          newest = Math.max(newest, time);
        }
      }
    }

    assertThat(seen)
        .containsKeys(
            "late minutely",
            "late hourly and minutely",
            "late hourly and daily and minutely",
            "readable",
            "field-value",
            "clock-skew",
            "version-step");
    assertThat(seen)
        .allSatisfy((what, times) -> assertThat(times).as(what).isGreaterThanOrEqualTo(10));
  }

  private static Reference.Windows windows(
      String name, boolean perUser, long size, Grain configured) {
    return new Reference.Windows(name, perUser, size, configured.allowedLateness().toMillis());
  }

  private static String line(TaskChange change) {
    Task task = change.task();
    return String.join(
        "|",
        change.changeId(),
        change.changeType() == ChangeType.CREATED
            ? "INSERT"
            : change.changeType() == ChangeType.UPDATED ? "MODIFY" : "REMOVE",
        task.userId(),
        task.taskId(),
        Long.toString(change.changedAt().toEpochMilli()),
        Long.toString(change.streamTime().toEpochMilli()),
        change.previousStatus() == null ? "null" : change.previousStatus().wireName(),
        String.valueOf(change.previousVersion()),
        task.status().wireName(),
        Long.toString(task.version()),
        task.title(),
        Long.toString(task.createdAt().toEpochMilli()),
        task.completedAt() == null ? "null" : Long.toString(task.completedAt().toEpochMilli()));
  }

  private static List<String> quarantined(List<Rejection> rejections) throws Exception {
    List<String> lines = new ArrayList<>();
    for (Rejection rejection : rejections) {
      JsonNode record = JSON.readTree(rejection.record());
      lines.add(
          rejection.rule() == QualityRule.LATE
              ? "late %s %s"
                  .formatted(
                      record.path("change_id").asText("?"),
                      rejection.reason().substring(0, rejection.reason().indexOf(" window")))
              : rejection.rule().id() + " " + record.path("eventID").asText());
    }
    return lines;
  }

  /**
   * The valid row of every window; fails if revisions leave gaps, repeat, or end without a final.
   */
  private static Map<String, String> lastRows(Map<String, List<TaskInsight>> silver) {
    Map<String, TaskInsight> last = new HashMap<>();
    silver.forEach(
        (grain, rows) -> {
          for (TaskInsight row : rows) {
            String window =
                "%s %s %d"
                    .formatted(
                        grain,
                        row.userId() == null ? "all" : row.userId(),
                        row.windowStart().toEpochMilli());
            TaskInsight before = last.put(window, row);
            assertThat(row.revision())
                .as("revision of %s", window)
                .isEqualTo(before == null ? 1 : before.revision() + 1);
            assertThat(before != null && before.isFinal() && !row.isFinal())
                .as("final taken back in %s", window)
                .isFalse();
            assertThat(before != null && before.isFinal() && row.counts().equals(before.counts()))
                .as("final row of %s again, though nothing changed", window)
                .isFalse();
            assertThat(Duration.between(row.windowStart(), row.windowEnd()))
                .as("size of %s", window)
                .isEqualTo(
                    switch (grain) {
                      case "hourly" -> Duration.ofHours(1);
                      case "daily" -> Duration.ofDays(1);
                      default -> Duration.ofMinutes(1);
                    });
            assertThat(row.emittedAt()).isAfterOrEqualTo(Instant.EPOCH);
          }
        });
    Map<String, String> lines = new TreeMap<>();
    last.forEach(
        (window, row) -> {
          assertThat(row.isFinal()).as("last row of %s is final", window).isTrue();
          lines.put(window, line(row));
        });
    return lines;
  }

  private static String line(TaskInsight row) {
    TaskInsight.LeadTime lead = row.leadTime();
    return Reference.counts(
        row.counts().created(),
        row.counts().completed(),
        row.counts().reopened(),
        row.counts().cancelled(),
        row.counts().deleted(),
        row.counts().updated(),
        row.counts().openDelta(),
        row.counts().onTime(),
        row.counts().overdueCompleted(),
        lead == null
            ? "no lead times"
            : Reference.lead(
                lead.count(), lead.mean(), lead.min(), lead.p50(), lead.p95(), lead.max()));
  }
}
