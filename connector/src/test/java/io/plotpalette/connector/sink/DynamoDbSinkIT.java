package io.plotpalette.connector.sink;

import static io.plotpalette.connector.sink.TestingTable.item;
import static io.plotpalette.connector.sink.TestingTable.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.connector.TestingEndpoint.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sink in a running job, against DynamoDB Local behind an endpoint with faults. */
@Timeout(120)
class DynamoDbSinkIT {
  private static final int PARALLELISM = 2;
  private static final int KEYS = 20;
  private static final int WRITES = 2_000;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(PARALLELISM)
              .build());

  private final String probe = UUID.randomUUID().toString();
  private TestingTable table;

  @BeforeEach
  void createTable() throws Exception {
    table = new TestingTable();
    FailingOnce.PROBES.put(probe, new Probe());
  }

  @AfterEach
  void dropTable() throws Exception {
    FailingOnce.PROBES.remove(probe);
    table.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void newestValueOfEveryHotKeyStandsHoweverTheServiceFails(long seed) throws Exception {
    badWeather(new Random(seed));
    StreamExecutionEnvironment env = environment(0);
    env.fromSequence(0, WRITES - 1)
        .setParallelism(1)
        .keyBy(n -> n % KEYS)
        .sinkTo(sink(n -> DynamoDbWrite.put(value(n))))
        .uid("sink");

    env.execute();

    assertNewestOfEveryKey();
  }

  @Test
  void conditionKeepsTheNewestEvenWithoutAnOrder() throws Exception {
    StreamExecutionEnvironment env = environment(0);
    // Both subtasks write every key, each at its own pace.
    env.fromSequence(0, WRITES - 1)
        .setParallelism(PARALLELISM)
        .rebalance()
        .sinkTo(
            sink(
                n ->
                    DynamoDbWrite.putIf(
                        value(n),
                        "attribute_not_exists(#value) OR #value < :value",
                        Map.of("#value", "value"),
                        Map.of(":value", number(Long.toString(n))))))
        .uid("sink");

    env.execute();

    assertNewestOfEveryKey();
  }

  @Test
  void everythingIsInTheTableAfterAFailure() throws Exception {
    StreamExecutionEnvironment env = environment(1);
    DataStream<Long> numbers =
        env.fromSequence(0, WRITES - 1)
            .setParallelism(1)
            .map(new FailingOnce(probe))
            .returns(Types.LONG)
            .setParallelism(1);
    numbers
        .keyBy(n -> n % KEYS)
        .sinkTo(sink(n -> DynamoDbWrite.put(item("each", Long.toString(n), n.intValue()))))
        .uid("sink");

    env.execute();

    assertThat(FailingOnce.PROBES.get(probe).starts).hasValue(2);
    assertThat(table.size()).isEqualTo(WRITES);
  }

  @Test
  void refusedItemEndsTheJobWithoutARestart() throws Exception {
    StreamExecutionEnvironment env = environment(10);
    env.fromSequence(0, 9)
        .setParallelism(1)
        .map(new FailingOnce(probe))
        .returns(Types.LONG)
        .setParallelism(1)
        .sinkTo(sink(n -> DynamoDbWrite.put(item(n == 5 ? "" : "a", "1", 1))))
        .uid("sink");
    FailingOnce.PROBES.get(probe).failed.set(1);

    assertThatThrownBy(env::execute)
        .hasStackTraceContaining("can never be written to table things")
        .hasStackTraceContaining("ValidationException");
    assertThat(FailingOnce.PROBES.get(probe).starts).hasValue(1);
  }

  @Test
  void deniedAccessFailsTheJobAndNamesTheTable() throws Exception {
    table.endpoint.always("BatchWriteItem", Fault.error(400, "AccessDeniedException"));
    StreamExecutionEnvironment env = environment(0);
    env.fromSequence(0, 9).sinkTo(sink(n -> DynamoDbWrite.put(value(n)))).uid("sink");

    assertThatThrownBy(env::execute)
        .hasStackTraceContaining(
            "BatchWriteItem on table things failed with AccessDeniedException");
  }

  /** Faults for about half of the calls, the same for the same seed. */
  private void badWeather(Random random) {
    List<Fault> faults =
        List.of(
            Fault.none(),
            Fault.none(),
            Fault.none(),
            Fault.none(),
            Fault.error(400, "ProvisionedThroughputExceededException"),
            Fault.error(500, "InternalServerError"),
            Fault.answerLost(),
            TestingTable.halfUnprocessed(),
            TestingTable.halfUnprocessed());
    table.endpoint.next(
        "BatchWriteItem",
        IntStream.range(0, WRITES)
            .mapToObj(i -> faults.get(random.nextInt(faults.size())))
            .toArray(Fault[]::new));
  }

  private static Map<String, software.amazon.awssdk.services.dynamodb.model.AttributeValue> value(
      long n) {
    return item("hot", Long.toString(n % KEYS), (int) n);
  }

  private void assertNewestOfEveryKey() {
    assertThat(IntStream.range(0, KEYS).mapToObj(key -> table.value("hot", "" + key)))
        .containsExactlyElementsOf(IntStream.range(WRITES - KEYS, WRITES).boxed().toList());
  }

  private DynamoDbSink<Long> sink(DynamoDbWriteConverter<Long> converter) {
    return DynamoDbSink.<Long>builder()
        .setTableName(TestingTable.NAME)
        .setClients(table.clients())
        .setElementConverter(converter)
        .set(DynamoDbSinkOptions.BATCH_MAX_ITEMS, 10)
        .set(DynamoDbSinkOptions.BUFFER_MAX_ITEMS, 50)
        .set(DynamoDbSinkOptions.BACKOFF_MIN, Duration.ofMillis(1))
        .set(DynamoDbSinkOptions.BACKOFF_MAX, Duration.ofMillis(10))
        .build();
  }

  private static StreamExecutionEnvironment environment(int restarts) {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY, restarts == 0 ? "none" : "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(PARALLELISM);
    return env;
  }

  /** What a test sees of, and tells to, the mapper in its job. */
  private static final class Probe {
    final AtomicInteger starts = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();
    final AtomicInteger checkpoints = new AtomicInteger();
  }

  /** Passes everything on, slowly enough for checkpoints, and fails once after the first. */
  private static final class FailingOnce implements MapFunction<Long, Long>, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Probe> PROBES = new ConcurrentHashMap<>();

    private final String probe;
    private transient boolean started;

    FailingOnce(String probe) {
      this.probe = probe;
    }

    @Override
    public Long map(Long value) throws InterruptedException {
      Probe state = PROBES.get(probe);
      if (!started) {
        started = true;
        state.starts.incrementAndGet();
      }
      if (state.checkpoints.get() > 0 && state.failed.compareAndSet(0, 1)) {
        throw new IllegalStateException("Failing as told");
      }
      Thread.sleep(1);
      return value;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      PROBES.get(probe).checkpoints.incrementAndGet();
    }
  }
}
