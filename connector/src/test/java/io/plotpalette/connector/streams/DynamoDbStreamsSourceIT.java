package io.plotpalette.connector.streams;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plotpalette.connector.streams.proxy.StreamFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The source in a running job, against a stream that changes under it. */
@Timeout(120)
class DynamoDbStreamsSourceIT {
  private static final int PARALLELISM = 2;
  private static final int GENERATIONS = 4;
  private static final int RECORDS = 30;
  private static final List<String> LINEAGES = List.of("x", "y", "z");

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(PARALLELISM)
              .build());

  private final TestingStreamsServer server = new TestingStreamsServer();
  private final String probe = UUID.randomUUID().toString();

  @BeforeEach
  void openProbe() {
    FailingOnce.PROBES.put(probe, new Probe());
  }

  @AfterEach
  void closeServer() {
    FailingOnce.PROBES.remove(probe);
    server.close();
  }

  @Test
  void everyRecordOnceAndInOrderOverRollOversLateListingsAndAFailure() throws Exception {
    LINEAGES.forEach(lineage -> server.shard(shard(lineage, 1), null));
    write(1);
    Probe state = FailingOnce.PROBES.get(probe);
    List<String> results = new CopyOnWriteArrayList<>();

    try (CloseableIterator<String> output =
        changes(environment(new Configuration())).executeAndCollect()) {
      Thread collector = collect(output, results);
      for (int generation = 2; generation <= GENERATIONS; generation++) {
        int target = LINEAGES.size() * RECORDS * (generation - 1);
        eventually().until(() -> results.size() >= target);
        rollOver(generation);
        write(generation);
        if (generation == 3) {
          int seen = state.checkpoints.get();
          eventually().until(() -> state.checkpoints.get() > seen);
          state.failNext.set(true);
        }
        revealLateShards(generation);
      }
      // The last record of every key: whatever was read twice comes before it.
      LINEAGES.forEach(lineage -> server.put(shard(lineage, GENERATIONS), lineage, -1, now()));
      eventually()
          .until(() -> results.stream().filter(result -> result.endsWith(":-1")).count() == 3);
      collector.interrupt();
    }

    assertOnceAndInOrder(results, GENERATIONS);
    assertThat(state.failures).hasValue(1);
  }

  private static void assertOnceAndInOrder(List<String> results, int generations) {
    List<Integer> expected =
        new ArrayList<>(IntStream.range(0, RECORDS * generations).boxed().toList());
    expected.add(-1);
    Map<String, List<Integer>> byKey =
        results.stream()
            .map(result -> result.split(":"))
            .collect(
                groupingBy(
                    parts -> parts[0], mapping(parts -> Integer.valueOf(parts[1]), toList())));
    assertThat(byKey).containsOnlyKeys(LINEAGES);
    assertThat(byKey.values()).allSatisfy(values -> assertThat(values).isEqualTo(expected));
  }

  @Test
  void goesOnFromASavepointWithAnotherParallelism(@TempDir Path savepoints) throws Exception {
    LINEAGES.forEach(lineage -> server.shard(shard(lineage, 1), null));
    write(1);
    List<String> results = FailingOnce.PROBES.get(probe).results;
    StreamExecutionEnvironment before = environment(new Configuration());
    changes(before).sinkTo(new DiscardingSink<>());
    JobClient job = before.executeAsync();
    eventually().until(() -> results.size() == LINEAGES.size() * RECORDS);
    String savepoint =
        job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    // Three generations with unread records: read at once, they would come out of order.
    for (int generation = 2; generation <= GENERATIONS; generation++) {
      rollOver(generation);
      write(generation);
      server.list(shard("y", generation));
    }

    StreamExecutionEnvironment after =
        environment(new Configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
    after.setParallelism(1);
    changes(after).sinkTo(new DiscardingSink<>());
    JobClient restored = after.executeAsync();
    LINEAGES.forEach(lineage -> server.put(shard(lineage, GENERATIONS), lineage, -1, now()));
    eventually()
        .until(() -> results.stream().filter(result -> result.endsWith(":-1")).count() == 3);
    restored.cancel().get();

    assertOnceAndInOrder(results, GENERATIONS);
  }

  /** The child is written to while the parent's end is already read and no listing names it. */
  private void rollOver(int generation) {
    for (String lineage : LINEAGES) {
      if (lineage.equals("y")) {
        server.unlisted(shard(lineage, generation), shard(lineage, generation - 1));
      } else {
        server.shard(shard(lineage, generation), shard(lineage, generation - 1));
      }
      server.end(shard(lineage, generation - 1));
    }
    server.failNextListing(new StreamFailure.Throttled("slow down", null));
    server.failNextRead(shard("x", generation), new StreamFailure.Unavailable("503", null));
    server.failNextRead(shard("z", generation), new StreamFailure.ExpiredIterator("old", null));
  }

  private void write(int generation) {
    for (int i = 0; i < RECORDS; i++) {
      int value = (generation - 1) * RECORDS + i;
      LINEAGES.forEach(lineage -> server.put(shard(lineage, generation), lineage, value, now()));
    }
  }

  private void revealLateShards(int generation) {
    eventually()
        .until(
            () ->
                server.iteratorsOpened().stream()
                    .anyMatch(opened -> opened.startsWith(shard("z", generation))));
    server.list(shard("y", generation));
  }

  /** Checkpoints stay in memory: a job that is just being cancelled may still write one. */
  private static StreamExecutionEnvironment environment(Configuration settings) {
    Configuration configuration = new Configuration(settings);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(PARALLELISM);
    return env;
  }

  private DataStream<String> changes(StreamExecutionEnvironment env) {
    DynamoDbStreamsSource<String> source =
        DynamoDbStreamsSource.<String>builder()
            .table(TestingStreamsServer.TABLE)
            .proxies(server.provider())
            .deserializer(new KeyAndValue())
            .set(StreamsSourceOptions.SHARD_DISCOVERY_INTERVAL, Duration.ofMillis(100))
            .set(StreamsSourceOptions.POLL_INTERVAL_IDLE, Duration.ofMillis(10))
            .set(StreamsSourceOptions.POLL_MAX_RECORDS, 7)
            .set(StreamsSourceOptions.WATERMARK_INTERVAL, Duration.ofMillis(20))
            .set(StreamsSourceOptions.BACKOFF_MIN, Duration.ofMillis(10))
            .build();
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "changes")
        .uid("changes")
        .map(new FailingOnce(probe))
        .uid("failing-once");
  }

  private static Thread collect(CloseableIterator<String> output, List<String> results) {
    Thread collector = new Thread(() -> output.forEachRemaining(results::add));
    // Ends with an exception of the iterator's when the test closes it.
    collector.setUncaughtExceptionHandler((thread, exception) -> {});
    collector.start();
    return collector;
  }

  /** Long enough for a machine under load. */
  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(40));
  }

  private static String shard(String lineage, int generation) {
    return "shard-" + lineage + "-" + generation;
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  /** What a test sees of, and tells to, the mapper in its job. */
  private static final class Probe {
    final List<String> results = new CopyOnWriteArrayList<>();
    final AtomicInteger checkpoints = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicBoolean failNext = new AtomicBoolean();
  }

  /** Passes everything on, and fails once when told to. */
  private static final class FailingOnce
      implements MapFunction<String, String>, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Probe> PROBES = new ConcurrentHashMap<>();

    private final String probe;

    FailingOnce(String probe) {
      this.probe = probe;
    }

    @Override
    public String map(String value) {
      Probe state = PROBES.get(probe);
      if (state.failNext.compareAndSet(true, false)) {
        state.failures.incrementAndGet();
        throw new IllegalStateException("Failing as told");
      }
      state.results.add(value);
      return value;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      PROBES.get(probe).checkpoints.incrementAndGet();
    }
  }
}
