package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.connector.TestingClock;
import io.plotpalette.connector.TestingEndpoint;
import io.plotpalette.connector.TestingEndpoint.Fault;
import io.plotpalette.connector.TestingMetricGroup;
import io.plotpalette.connector.failure.Backoff;
import io.plotpalette.connector.streams.proxy.SdkStreamProxy;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamFailure;
import io.plotpalette.connector.streams.proxy.StreamProxy.Shard;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import io.plotpalette.connector.streams.proxy.StreamRefusedException;
import io.plotpalette.connector.streams.proxy.StreamsClientProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** What the real SDK client makes of a service that fails, and what the reader makes of that. */
@Timeout(60)
class StreamsOverHttpTest {
  private static final long NOW = 1_000_000;
  private static final int RECORDS = 10;
  private static final int PAGE = 3;

  /** More than the waits of every fault here. */
  private static final int POLLS = 20;

  private final TestingStreamsServer server = new TestingStreamsServer().shard("a", null);
  private final TestingClock clock = new TestingClock(NOW);
  private final TestingMetricGroup metrics = new TestingMetricGroup();
  private TestingEndpoint endpoint;
  private SdkStreamProxy proxy;

  @BeforeEach
  void connect() throws IOException {
    endpoint = new TestingEndpoint(new StreamsProtocol(server));
    proxy = new SdkStreamProxy(TestingDynamoDb.clients(endpoint.uri()));
  }

  @AfterEach
  void disconnect() {
    proxy.close();
    endpoint.close();
    server.close();
  }

  static Stream<Arguments> waitedOut() {
    return Stream.of(
        Arguments.of("LimitExceededException", Fault.error(400, "LimitExceededException")),
        Arguments.of("throughput", Fault.error(400, "ProvisionedThroughputExceededException")),
        Arguments.of("ThrottlingException", Fault.error(400, "ThrottlingException")),
        Arguments.of("RequestLimitExceeded", Fault.error(400, "RequestLimitExceeded")),
        Arguments.of("InternalServerError", Fault.error(500, "InternalServerError")),
        Arguments.of("502 page", Fault.page(502)),
        Arguments.of("503 page", Fault.page(503)),
        Arguments.of("cut", Fault.cut()),
        Arguments.of("answer lost", Fault.answerLost()),
        Arguments.of("answer truncated", Fault.truncated()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waitedOut")
  void readThatFailsIsMadeAgainAndNothingIsLostOrDoubled(String name, Fault fault)
      throws Exception {
    List<Integer> written = write("a");
    try (ShardSplitReader reader = reader("a")) {
      List<Integer> read = new ArrayList<>(values(reader, 1));
      // The JDK's client makes a call again by itself when a kept connection is cut.
      endpoint.next("GetRecords", fault, fault, fault, fault);

      read.addAll(values(reader, POLLS));

      assertThat(read).isEqualTo(written);
      assertThat(metrics.count("throttles") + metrics.count("transientErrors")).isPositive();
      assertThat(metrics.count("trims")).isZero();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waitedOut")
  void iteratorThatCannotBeOpenedIsAskedForAgain(String name, Fault fault) throws Exception {
    List<Integer> written = write("a");
    endpoint.next("GetShardIterator", fault, fault, fault, fault);

    try (ShardSplitReader reader = reader("a")) {
      assertThat(values(reader, POLLS)).isEqualTo(written);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waitedOut")
  void listingWithAFaultOnALaterPageIsNoListing(String name, Fault fault) throws Exception {
    server.shard("b", null).shard("c", null);
    endpoint.next("DescribeStream", Fault.none(), fault, fault, fault, fault);

    assertThatThrownBy(() -> proxy.describe(TestingStreamsServer.ARN))
        .isInstanceOfAny(StreamFailure.Throttled.class, StreamFailure.Unavailable.class);
  }

  @Test
  void listingHasTheShardsOfAllItsPages() throws Exception {
    server.shard("b", "a").shard("c", "b").shard("d", "c").shard("e", "d");
    server.end("a");

    assertThat(proxy.describe(TestingStreamsServer.ARN).shards())
        .containsExactly(
            new Shard("a", null, true),
            new Shard("b", "a", false),
            new Shard("c", "b", false),
            new Shard("d", "c", false),
            new Shard("e", "d", false));
    assertThat(endpoint.calls("DescribeStream")).hasSize(3);
  }

  @Test
  void expiredIteratorIsReplacedBehindTheLastRecord() throws Exception {
    List<Integer> written = write("a");
    try (ShardSplitReader reader = reader("a")) {
      List<Integer> read = new ArrayList<>(values(reader, 1));
      endpoint.next("GetRecords", Fault.error(400, "ExpiredIteratorException"));

      read.addAll(values(reader, POLLS));

      assertThat(read).isEqualTo(written);
      assertThat(server.iteratorsOpened()).hasSize(2);
    }
  }

  @Test
  void trimmedPositionIsCountedAndReadingGoesOn() throws Exception {
    write("a");
    try (ShardSplitReader reader = reader("a")) {
      values(reader, 1);
      server.trim("a", 8);
      endpoint.next("GetRecords", Fault.error(400, "ExpiredIteratorException"));

      assertThat(values(reader, POLLS)).containsExactly(8, 9);
      assertThat(metrics.count("trims")).isEqualTo(1);
    }
  }

  @Test
  void vanishedShardIsFinished() throws Exception {
    write("a");
    try (ShardSplitReader reader = reader("a")) {
      values(reader, 1);
      server.drop("a");

      assertThat(reader.fetch().finishedSplits()).containsExactly("a");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "ExpiredTokenException",
        "ValidationException"
      })
  void refusalIsNotRetriedAndSaysWhereToLook(String code) throws Exception {
    write("a");
    endpoint.always("GetRecords", Fault.error(400, code));
    endpoint.always("DescribeStream", Fault.error(400, code));

    try (ShardSplitReader reader = reader("a")) {
      assertThatThrownBy(reader::fetch)
          .isInstanceOf(StreamRefusedException.class)
          .hasMessageContaining("GetRecords")
          .hasMessageContaining(code)
          .hasMessageContaining("region, endpoint, credentials");
      assertThatThrownBy(() -> proxy.describe(TestingStreamsServer.ARN))
          .isInstanceOf(StreamRefusedException.class)
          .hasMessageContaining(TestingStreamsServer.ARN)
          .hasMessageContaining("dynamodb:DescribeStream");
    }
    assertThat(endpoint.calls("GetRecords")).hasSize(1);
  }

  @Test
  void missingCredentialsAreNoOutage() {
    try (SdkStreamProxy without = new SdkStreamProxy(new WithoutCredentials(endpoint))) {
      assertThatThrownBy(() -> without.describe(TestingStreamsServer.ARN))
          .isInstanceOf(StreamRefusedException.class)
          .hasMessageContaining("Unable to load credentials");
    }
    assertThat(endpoint.calls("DescribeStream")).isEmpty();
  }

  @Test
  void refusedConnectionIsAnOutageThatGrows() throws Exception {
    endpoint.close();
    try (ShardSplitReader reader = reader("a")) {
      values(reader, 20);

      assertThat(metrics.gauge("outageMillis")).isGreaterThan(5_000);
      assertThat(metrics.count("transientErrors")).isGreaterThan(3);
    }
    assertThatThrownBy(() -> proxy.describe(TestingStreamsServer.ARN))
        .isInstanceOf(StreamFailure.Unavailable.class);
  }

  /** Values of so many fetches, each as much later as the longest wait. */
  private List<Integer> values(ShardSplitReader reader, int fetches) throws IOException {
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < fetches; i++) {
      ShardPage page = (ShardPage) reader.fetch();
      if (page.nextSplit() != null) {
        for (StreamRecord next = page.nextRecordFromSplit();
            next != null;
            next = page.nextRecordFromSplit()) {
          values.add(Integer.valueOf((String) next.newImage().get("value").value()));
        }
      }
      clock.advance(1_000);
    }
    return values;
  }

  private List<Integer> write(String shardId) {
    List<Integer> values = IntStream.range(0, RECORDS).boxed().toList();
    values.forEach(value -> server.put(shardId, "k", value, NOW));
    return values;
  }

  private ShardSplitReader reader(String... shardIds) {
    ShardSplitReader reader =
        new ShardSplitReader(
            new SdkStreamProxy(TestingDynamoDb.clients(endpoint.uri())),
            new Configuration().set(StreamsSourceOptions.POLL_MAX_RECORDS, PAGE),
            clock,
            new Backoff(Duration.ofMillis(1), Duration.ofSeconds(1), () -> 1),
            new ReaderMetrics(metrics, clock),
            page -> {});
    reader.handleSplitsChanges(
        new SplitsAddition<>(
            Arrays.stream(shardIds)
                .map(
                    shardId ->
                        new StreamShardSplit(
                            TestingStreamsServer.ARN,
                            shardId,
                            ShardPosition.trimHorizon(),
                            WatermarkLedger.NONE,
                            false))
                .toList()));
    return reader;
  }

  private record WithoutCredentials(TestingEndpoint endpoint) implements StreamsClientProvider {

    @Override
    public DynamoDbStreamsClient streams() {
      return DynamoDbStreamsClient.builder()
          .endpointOverride(endpoint.uri())
          .region(Region.EU_WEST_1)
          .httpClientBuilder(UrlConnectionHttpClient.builder())
          .credentialsProvider(
              () -> {
                throw SdkClientException.create("Unable to load credentials from any provider");
              })
          .build();
    }

    @Override
    public DynamoDbClient tables() {
      throw new AssertionError("Not asked for");
    }
  }
}
