package io.plotpalette.stream;

import static io.plotpalette.stream.StreamRecords.done;
import static io.plotpalette.stream.StreamRecords.image;
import static io.plotpalette.stream.StreamRecords.insert;
import static io.plotpalette.stream.StreamRecords.modify;
import static io.plotpalette.stream.StreamRecords.number;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.lake.LakeSinks;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Savepoints of earlier versions, in {@code src/test/resources/savepoints}, are restored by today's
 * job: open windows go on, revisions too, what was forgotten stays so. How to store the next one is
 * said there.
 */
class UpgradeTest {
  @RegisterExtension private static final MiniClusterExtension CLUSTER = new MiniClusterExtension();

  private static final Path STORED = Path.of("src/test/resources/savepoints");
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final ObjectNode FIRST = image("u1", "t1", at("12:00:00"), at("12:00:00"));
  private static final ObjectNode SECOND = image("u1", "t2", at("12:10:00"), at("12:10:00"));
  private static final ObjectNode THIRD = image("u2", "t3", at("11:10:00"), at("11:10:00"));

  @TempDir private Path temp;

  static Stream<String> stored() throws Exception {
    try (Stream<Path> folders = Files.list(STORED)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("stored")
  void anEarlierVersionsSavepointGoesOn(String savepoint) throws Exception {
    Instant later = Instant.parse("2026-11-22T12:00:00Z");
    feed(
        insert("e6", at("09:45:00"), image("u3", "t6", at("09:45:00"), at("09:45:00"))),
        modify("e7", at("12:20:00"), SECOND, finished(SECOND, "12:20:00")),
        modify("e8", at("11:30:00"), THIRD, finished(THIRD, "11:30:00")),
        insert("e9", later, image("u9", "t9", later, later)));
    JobClient job = start(STORED.resolve(savepoint));
    await(
        () ->
            rows("select user_id from %s where is_final", LakeTable.TASK_INSIGHTS_HOURLY).size()
                    >= 2
                && rows("select 1 from %s", LakeTable.TASK_CHANGES).size() >= 4
                && !quarantined().isEmpty());
    job.cancel().get();

    assertThat(rows("select change_id from %s order by 1", LakeTable.TASK_CHANGES))
        .containsExactly("e6", "e7", "e8", "e9");
    assertThat(
            rows(
                """
                select user_id, hour(window_start), created, completed, updated, open_delta, \
                lead_time_count, lead_time_mean_s, lead_time_min_s, lead_time_p50_s, \
                lead_time_max_s from %s where is_final and user_id <> 'u9' \
                qualify revision = max(revision) over (partition by user_id, window_start) \
                order by 1""",
                LakeTable.TASK_INSIGHTS_HOURLY))
        .containsExactly(
            "u1|12|2|2|2|0|2|345.0|90.0|90.0|600.0", "u2|11|1|1|1|0|1|1200.0|1200.0|1200.0|1200.0");
    assertThat(
            rows(
                "select min(revision) > 1 from %s where user_id <> 'u9' group by user_id",
                LakeTable.TASK_INSIGHTS_HOURLY))
        .containsExactly("true", "true");
    assertThat(quarantined())
        .singleElement()
        .asString()
        .contains("\"rule\":\"late\"", "\"reason\":\"hourly");
  }

  /** Not a test: leaves a savepoint of today's version below {@code target/savepoints}. */
  @Test
  @EnabledIfSystemProperty(named = "savepoint.store", matches = ".+")
  void storeASavepoint() throws Exception {
    feed(
        insert("e1", at("09:30:00"), image("u3", "t5", at("09:30:00"), at("09:30:00"))),
        insert("e2", at("11:10:00"), THIRD),
        insert("e3", at("12:00:00"), FIRST),
        modify("e4", at("12:01:30"), FIRST, finished(FIRST, "12:01:30")),
        insert("e5", at("12:10:00"), SECOND));
    JobClient job = start(null);
    await(
        () ->
            rows("select 1 from %s", LakeTable.TASK_INSIGHTS_HOURLY).size() >= 3
                && rows("select 1 from %s", LakeTable.TASK_INSIGHTS_DAILY).size() >= 3
                && rows("select 1 from %s", LakeTable.TASK_CHANGES).size() == 5);
    // Nothing is pending in the file sinks now, so the savepoint names no file of this machine.
    String path =
        job.stopWithSavepoint(
                false, temp.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    Path target = Path.of("target/savepoints", System.getProperty("savepoint.store"));
    Files.createDirectories(target);
    Files.copy(Path.of(URI.create(path)).resolve("_metadata"), target.resolve("_metadata"));
  }

  private JobClient start(Path savepoint) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.MAX_PARALLELISM, 128);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    if (savepoint != null) {
      configuration.set(
          StateRecoveryOptions.SAVEPOINT_PATH, savepoint.toAbsolutePath().toUri().toString());
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(1);
    LakeSinks lake = new LakeSinks(lake().toUri());
    Duration early = Duration.ofMillis(500);
    Duration hour = Duration.ofHours(1);
    new TaskInsightsPipeline(
            new TaskInsightsPipeline.Grains(
                Grain.hourly(early, hour), Grain.daily(early, hour), Grain.minutely(early, hour)))
        .connect(
            env.fromSource(
                    FileSource.forRecordStreamFormat(
                            new TextLineInputFormat(),
                            new org.apache.flink.core.fs.Path(input().toUri()))
                        .monitorContinuously(Duration.ofMillis(100))
                        .build(),
                    WatermarkStrategy.noWatermarks(),
                    "task-changes")
                .uid("task-changes")
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .returns(byte[].class)
                .uid("bytes")
                .assignTimestampsAndWatermarks(
                    WatermarkStrategy.forGenerator(context -> new StreamTimeWatermarks()))
                .uid("watermarks"),
            TaskInsightsPipeline.Sinks.of(lake, null));
    return env.executeAsync();
  }

  private void feed(String... records) throws Exception {
    Files.createDirectories(input());
    Path unfinished = Files.write(temp.resolve("unfinished"), List.of(records));
    Files.move(unfinished, input().resolve("records.jsonl"));
  }

  private Path input() {
    return temp.resolve("in");
  }

  private Path lake() {
    return temp.resolve("lake");
  }

  private List<String> rows(String sql, LakeTable table) throws Exception {
    return Parquet.exists(lake(), table)
        ? Parquet.query(sql.formatted(Parquet.files(lake(), table)))
        : List.of();
  }

  private List<String> quarantined() throws Exception {
    Path folder = lake().resolve(LakeTable.TASK_CHANGES_QUARANTINE_PATH);
    List<String> lines = new ArrayList<>();
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith(".jsonl") && !name.startsWith(".")) {
            lines.addAll(Files.readAllLines(file));
          }
        }
      }
    }
    return lines;
  }

  private static ObjectNode finished(ObjectNode image, String time) {
    ObjectNode finished = done(image, at(time));
    number(finished, "version", "2");
    return finished;
  }

  private static Instant at(String time) {
    return Instant.parse("2026-11-20T" + time + "Z");
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      Thread.sleep(100);
    }
  }
}
