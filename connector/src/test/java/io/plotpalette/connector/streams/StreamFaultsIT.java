package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plotpalette.connector.TestingEndpoint;
import io.plotpalette.connector.TestingEndpoint.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The source in a running job, through the SDK, against a service that fails all the time. */
@Timeout(180)
class StreamFaultsIT {
  private static final List<Integer> PARALLELISMS = List.of(2, 1, 3);
  private static final List<String> LINEAGES = List.of("w", "x", "y", "z");
  private static final int RECORDS = 25;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  private final TestingStreamsServer server = new TestingStreamsServer();
  private final String probe = UUID.randomUUID().toString();
  private TestingEndpoint endpoint;

  @TempDir private Path savepoints;

  @BeforeEach
  void listen() throws Exception {
    endpoint = new TestingEndpoint(new StreamsProtocol(server));
    Recording.RESULTS.put(probe, new CopyOnWriteArrayList<>());
  }

  @AfterEach
  void stopListening() {
    Recording.RESULTS.remove(probe);
    endpoint.close();
    server.close();
  }

  @Test
  void everyRecordOnceAndInOrderThroughFaultsRollOversAndRescaling() throws Exception {
    everyRecordOnceAndInOrder(12);
  }

  @Test
  @Tag("slow")
  void everyRecordOnceAndInOrderInOtherWeather() throws Exception {
    everyRecordOnceAndInOrder(11);
  }

  private void everyRecordOnceAndInOrder(long seed) throws Exception {
    badWeather(new Random(seed));
    List<String> results = Recording.RESULTS.get(probe);
    LINEAGES.forEach(lineage -> server.shard(shard(lineage, 0), null));
    String savepoint = null;
    for (int phase = 0; phase < PARALLELISMS.size(); phase++) {
      // Parents and children wait with records: read at once, they would come out of order.
      int parents = 2 * phase;
      write(parents);
      rollOver(parents);
      write(parents + 1);
      JobClient job = start(PARALLELISMS.get(phase), savepoint);
      int all = LINEAGES.size() * RECORDS * (parents + 2);
      eventually().until(() -> results.size() >= all - RECORDS);
      server.list(shard("y", parents + 1));
      eventually().until(() -> results.size() >= all);
      rollOver(parents + 1);
      server.list(shard("y", parents + 2));
      savepoint =
          job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
              .get();
    }

    List<Integer> expected = IntStream.range(0, 2 * RECORDS * PARALLELISMS.size()).boxed().toList();
    for (String lineage : LINEAGES) {
      assertThat(results.stream().filter(result -> result.startsWith(lineage + ":")).toList())
          .as("lineage %s, seed %d", lineage, seed)
          .isEqualTo(expected.stream().map(value -> lineage + ":" + value).toList());
    }
  }

  @Test
  void deniedListingFailsTheJobAndSaysWhereToLook() throws Exception {
    server.shard("a", null);
    endpoint.always("DescribeStream", Fault.error(400, "AccessDeniedException"));

    assertThatThrownBy(() -> start(1, null).getJobExecutionResult().get())
        .hasStackTraceContaining("DescribeStream of " + TestingStreamsServer.ARN)
        .hasStackTraceContaining("AccessDeniedException");
  }

  @Test
  void deniedReadFailsTheJobAndSaysWhereToLook() throws Exception {
    server.shard("a", null);
    endpoint.always("GetRecords", Fault.error(400, "UnrecognizedClientException"));

    assertThatThrownBy(() -> start(1, null).getJobExecutionResult().get())
        .hasStackTraceContaining("GetRecords of a shard failed with UnrecognizedClientException");
  }

  @Test
  void unknownTableFailsTheJob() throws Exception {
    endpoint.always("DescribeTable", Fault.error(400, "ResourceNotFoundException"));

    assertThatThrownBy(() -> start(1, null).getJobExecutionResult().get())
        .hasStackTraceContaining("Shards of table things cannot be listed");
  }

  @Test
  void unknownStreamFailsARestoredJobAndLeavesItsSavepointGood() throws Exception {
    List<String> results = Recording.RESULTS.get(probe);
    server.shard("a", null);
    server.put("a", "w", 0, System.currentTimeMillis());
    JobClient job = start(1, null);
    eventually().until(() -> results.size() == 1);
    String savepoint =
        job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get();
    endpoint.always("DescribeStream", Fault.error(400, "ResourceNotFoundException"));
    endpoint.always("GetShardIterator", Fault.error(400, "ResourceNotFoundException"));

    assertThatThrownBy(() -> start(1, savepoint).getJobExecutionResult().get())
        .hasStackTraceContaining("Are region and endpoint right?");

    endpoint.heal();
    server.put("a", "w", 1, System.currentTimeMillis());
    JobClient restored = start(1, savepoint);
    eventually().until(() -> results.size() == 2);
    restored.cancel().get();
    assertThat(results).containsExactly("w:0", "w:1");
  }

  /** About a third of all calls fail, in the same ways for the same seed. */
  private void badWeather(Random random) {
    List<Fault> faults =
        List.of(
            Fault.error(400, "LimitExceededException"),
            Fault.error(400, "ProvisionedThroughputExceededException"),
            Fault.error(500, "InternalServerError"),
            Fault.page(503),
            Fault.cut(),
            Fault.answerLost(),
            Fault.truncated(),
            Fault.error(400, "ExpiredIteratorException"));
    for (String operation : List.of("DescribeStream", "GetShardIterator", "GetRecords")) {
      // Only a read has an iterator that can expire.
      int kinds = operation.equals("GetRecords") ? faults.size() : faults.size() - 1;
      endpoint.next(
          operation,
          IntStream.range(0, 1_000)
              .mapToObj(
                  i -> random.nextInt(3) == 0 ? faults.get(random.nextInt(kinds)) : Fault.none())
              .toArray(Fault[]::new));
    }
  }

  private void write(int generation) {
    for (int i = 0; i < RECORDS; i++) {
      for (String lineage : LINEAGES) {
        server.put(
            shard(lineage, generation),
            lineage,
            generation * RECORDS + i,
            System.currentTimeMillis());
      }
    }
    LINEAGES.forEach(lineage -> server.emptyPages(shard(lineage, generation), 2));
  }

  /** A listing names the child of y when told to, later. */
  private void rollOver(int generation) {
    for (String lineage : LINEAGES) {
      if (lineage.equals("y")) {
        server.unlisted(shard(lineage, generation + 1), shard(lineage, generation));
      } else {
        server.shard(shard(lineage, generation + 1), shard(lineage, generation));
      }
      server.end(shard(lineage, generation));
    }
  }

  private JobClient start(int parallelism, String savepoint) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    env.setMaxParallelism(8);
    DynamoDbStreamsSource<String> source =
        DynamoDbStreamsSource.<String>builder()
            .table(TestingStreamsServer.TABLE)
            .clients(TestingDynamoDb.clients(endpoint.uri()))
            .deserializer(new KeyAndValue())
            .set(StreamsSourceOptions.SHARD_DISCOVERY_INTERVAL, Duration.ofMillis(100))
            .set(StreamsSourceOptions.POLL_INTERVAL_IDLE, Duration.ofMillis(10))
            .set(StreamsSourceOptions.POLL_MAX_RECORDS, 7)
            .set(StreamsSourceOptions.BACKOFF_MIN, Duration.ofMillis(5))
            .set(StreamsSourceOptions.BACKOFF_MAX, Duration.ofMillis(50))
            .build();
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "changes")
        .uid("changes")
        .map(new Recording(probe))
        .uid("recording")
        .sinkTo(new DiscardingSink<>())
        .uid("discarding");
    return env.executeAsync();
  }

  /** Long enough for a machine under load. */
  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private static String shard(String lineage, int generation) {
    return "shard-" + lineage + "-" + generation;
  }

  /** Keeps what passes. */
  private static final class Recording implements MapFunction<String, String> {
    private static final long serialVersionUID = 1L;
    private static final Map<String, List<String>> RESULTS = new ConcurrentHashMap<>();

    private final String probe;

    Recording(String probe) {
      this.probe = probe;
    }

    @Override
    public String map(String value) {
      RESULTS.get(probe).add(value);
      return value;
    }
  }
}
