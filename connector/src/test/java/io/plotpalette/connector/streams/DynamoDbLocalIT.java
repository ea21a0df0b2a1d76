package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** The source through the AWS SDK, against DynamoDB Local. */
@Timeout(60)
class DynamoDbLocalIT {
  private static final String TABLE = "things";
  private static final int ITEMS = 400;
  private static final int PARALLELISM = 2;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(PARALLELISM)
              .build());

  private final String probe = UUID.randomUUID().toString();
  private TestingDynamoDb dynamoDb;

  @BeforeEach
  void startDynamoDb() throws Exception {
    dynamoDb = new TestingDynamoDb();
    Watching.SEEN.put(probe, new Seen());
  }

  @AfterEach
  void stopDynamoDb() throws Exception {
    Watching.SEEN.remove(probe);
    dynamoDb.close();
  }

  @Test
  void readsEveryWriteOnceAndTheWatermarkOfEveryReaderFollowsTheClock() throws Exception {
    Seen seen = Watching.SEEN.get(probe);
    try (DynamoDbClient tables = dynamoDb.clients().tables()) {
      createTable(tables);
      write(tables, 0, ITEMS / 2);
      JobClient job = start();
      write(tables, ITEMS / 2, ITEMS);
      await().atMost(Duration.ofSeconds(30)).until(() -> seen.records.size() >= ITEMS);

      long afterAllRecords = System.currentTimeMillis();
      // One shard, two readers: the one without a shard must have the watermark too.
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  seen.watermarks.size() == PARALLELISM
                      && seen.watermarks.values().stream()
                          .allMatch(watermark -> watermark.get() > afterAllRecords));
      job.cancel().get();
    }

    assertThat(seen.records)
        .hasSize(ITEMS)
        .allMatch(line -> line.contains("\"eventName\":\"INSERT\""))
        .allMatch(line -> line.contains("\"StreamViewType\":\"NEW_AND_OLD_IMAGES\""));
    IntStream.range(0, ITEMS)
        .forEach(
            i ->
                assertThat(seen.records)
                    .filteredOn(
                        line -> line.contains("\"Keys\":{\"id\":{\"S\":\"item-" + i + "\"}}"))
                    .singleElement()
                    .asString()
                    .contains("\"NewImage\":{\"id\":{\"S\":\"item-" + i + "\"},\"n\":{\"N\":\""));
  }

  private JobClient start() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(PARALLELISM);
    DynamoDbStreamsSource<byte[]> source =
        DynamoDbStreamsSource.<byte[]>builder()
            .table(TABLE)
            .clients(dynamoDb.clients())
            .deserializer(new StreamRecordJson())
            .set(StreamsSourceOptions.POLL_INTERVAL_IDLE, Duration.ofMillis(50))
            .set(StreamsSourceOptions.WATERMARK_BOUND, Duration.ofSeconds(1))
            .set(StreamsSourceOptions.WATERMARK_INTERVAL, Duration.ofMillis(100))
            .set(StreamsSourceOptions.TIP_AFTER, Duration.ofMillis(500))
            .build();
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "changes")
        .uid("changes")
        .transform("watching", Types.VOID, new Watching(probe))
        .sinkTo(new DiscardingSink<>());
    return env.executeAsync();
  }

  private static void createTable(DynamoDbClient tables) {
    tables.createTable(
        table ->
            table
                .tableName(TABLE)
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("id")
                        .attributeType(ScalarAttributeType.S)
                        .build())
                .keySchema(
                    KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build())
                .provisionedThroughput(
                    units -> units.readCapacityUnits(1_000L).writeCapacityUnits(1_000L))
                .streamSpecification(
                    stream ->
                        stream
                            .streamEnabled(true)
                            .streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
  }

  private static void write(DynamoDbClient tables, int from, int to) {
    for (int i = from; i < to; i++) {
      Map<String, AttributeValue> item =
          Map.of(
              "id", AttributeValue.builder().s("item-" + i).build(),
              "n", AttributeValue.builder().n(Integer.toString(i)).build());
      tables.putItem(put -> put.tableName(TABLE).item(item));
    }
  }

  /** What the operator behind the source got. */
  private static final class Seen {
    final List<String> records = Collections.synchronizedList(new ArrayList<>());
    final ConcurrentMap<Integer, AtomicLong> watermarks = new ConcurrentHashMap<>();
  }

  /** Keeps the records, and the newest watermark of each subtask. */
  private static final class Watching extends AbstractStreamOperator<Void>
      implements OneInputStreamOperator<byte[], Void> {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Seen> SEEN = new ConcurrentHashMap<>();

    private final String probe;

    Watching(String probe) {
      this.probe = probe;
    }

    @Override
    public void processElement(StreamRecord<byte[]> element) {
      SEEN.get(probe).records.add(new String(element.getValue(), StandardCharsets.UTF_8));
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
      super.processWatermark(mark);
      SEEN.get(probe)
          .watermarks
          .computeIfAbsent(
              getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(), none -> new AtomicLong())
          .set(mark.getTimestamp());
    }
  }
}
