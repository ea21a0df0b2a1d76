package io.plotpalette.connector.sink;

import static io.plotpalette.connector.sink.TestingTable.item;
import static io.plotpalette.connector.sink.TestingTable.key;
import static io.plotpalette.connector.sink.TestingTable.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plotpalette.connector.TestingEndpoint.Fault;
import io.plotpalette.connector.TestingMetricGroup;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@Timeout(60)
class TableWriterIT {
  private final Configuration options =
      new Configuration()
          .set(DynamoDbSinkOptions.BACKOFF_MIN, Duration.ofMillis(2))
          .set(DynamoDbSinkOptions.BACKOFF_MAX, Duration.ofMillis(20));
  private final TestingMetricGroup metrics = new TestingMetricGroup();
  private TestingTable table;
  private TableWriter writer;

  @BeforeEach
  void createTable() throws Exception {
    table = new TestingTable();
    writer = writer(List.of());
  }

  @AfterEach
  void dropTable() throws Exception {
    writer.close();
    table.close();
  }

  @Test
  void putsAndDeletesOfABatchAreOneCall() throws Exception {
    writer.write(List.of(DynamoDbWrite.put(item("a", "1", 10)), put("a", 2, 20)));

    writer.write(List.of(DynamoDbWrite.delete(key("a", "1")), put("a", 3, 30)));

    assertThat(table.value("a", "1")).isNull();
    assertThat(table.value("a", "2")).isEqualTo(20);
    assertThat(table.value("a", "3")).isEqualTo(30);
    assertThat(table.endpoint.calls("BatchWriteItem")).hasSize(2);
    assertThat(table.endpoint.calls("DescribeTable")).hasSize(1);
    assertThat(metrics.count("batches")).isEqualTo(2);
    assertThat(metrics.count("recordsWritten")).isEqualTo(4);
  }

  @Test
  void givenKeyAttributesNeedNoRightToDescribe() throws Exception {
    table.endpoint.always("DescribeTable", Fault.error(400, "AccessDeniedException"));
    writer.close();
    writer = writer(List.of("owner", "n"));

    writer.write(List.of(put("a", 1, 10), put("a", 1, 11)));

    assertThat(table.value("a", "1")).isEqualTo(11);
  }

  @Test
  void newestOfAKeyInABatchWinsHoweverItsNumberIsSpelled() throws Exception {
    writer.write(
        List.of(
            put("a", 1, 10),
            put("b", 1, 99),
            DynamoDbWrite.put(item("a", "1.0", 11)),
            DynamoDbWrite.put(item("a", "1e0", 12))));

    assertThat(table.value("a", "1")).isEqualTo(12);
    assertThat(table.value("b", "1")).isEqualTo(99);
    assertThat(metrics.count("superseded")).isEqualTo(2);
    assertThat(metrics.count("recordsWritten")).isEqualTo(2);
  }

  @Test
  void deleteAndPutOfOneKeyKeepTheirOrder() throws Exception {
    writer.write(
        List.of(
            put("a", 1, 10),
            DynamoDbWrite.delete(key("a", "1")),
            DynamoDbWrite.delete(key("a", "2")),
            put("a", 2, 20)));

    assertThat(table.value("a", "1")).isNull();
    assertThat(table.value("a", "2")).isEqualTo(20);
  }

  @Test
  void conditionThatFailsIsCountedAndTheNewerItemStays() throws Exception {
    writer.write(List.of(putIfNewer("a", 1, 5), putIfNewer("a", 1, 3), putIfNewer("a", 1, 6)));

    assertThat(table.value("a", "1")).isEqualTo(6);
    assertThat(metrics.count("conditionFailed")).isEqualTo(1);
    assertThat(metrics.count("recordsWritten")).isEqualTo(2);
  }

  @Test
  void putIfAbsentKeepsWhatIsThere() throws Exception {
    writer.write(
        List.of(
            DynamoDbWrite.putIfAbsent(item("a", "1", 10), "owner", "n"),
            DynamoDbWrite.putIfAbsent(item("a", "1", 11), "owner", "n"),
            DynamoDbWrite.putIfAbsent(item("a", "2", 12), "owner", "n")));

    assertThat(table.value("a", "1")).isEqualTo(10);
    assertThat(table.value("a", "2")).isEqualTo(12);
  }

  @Test
  void conditionalPutComesBehindThePutsBeforeIt() throws Exception {
    writer.write(List.of(put("a", 1, 7), putIfNewer("a", 1, 6), put("a", 1, 2)));

    // 7 stood when 6 was tried; 2 came last, without a condition.
    assertThat(metrics.count("conditionFailed")).isEqualTo(1);
    assertThat(table.value("a", "1")).isEqualTo(2);
  }

  static Stream<Arguments> passing() {
    return Stream.of(
        Arguments.of("throttles", Fault.error(400, "ProvisionedThroughputExceededException")),
        Arguments.of("throttles", Fault.error(400, "ThrottlingException")),
        Arguments.of("throttles", Fault.error(400, "RequestLimitExceeded")),
        Arguments.of("throttles", Fault.error(400, "TransactionConflictException")),
        Arguments.of("transientErrors", Fault.error(500, "InternalServerError")),
        Arguments.of("transientErrors", Fault.page(503)),
        Arguments.of("transientErrors", Fault.cut()),
        Arguments.of("transientErrors", Fault.answerLost()),
        Arguments.of("transientErrors", Fault.truncated()));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("passing")
  void callThatFailsForAWhileIsMadeAgain(String counter, Fault fault) throws Exception {
    table.endpoint.next("DescribeTable", fault, fault, fault);
    table.endpoint.next("BatchWriteItem", fault, fault, fault);
    table.endpoint.next("PutItem", fault, fault, fault);

    writer.write(List.of(put("a", 1, 10), put("a", 2, 20), putIfNewer("a", 3, 30)));

    assertThat(List.of(table.value("a", "1"), table.value("a", "2"), table.value("a", "3")))
        .containsExactly(10, 20, 30);
    assertThat(metrics.count(counter)).isPositive();
    assertThat(metrics.count("retries")).isPositive();
    assertThat(metrics.gauge("outageMillis")).isZero();
  }

  @Test
  void unprocessedItemsAreSentAgainUntilNoneIsLeft() throws Exception {
    table.endpoint.next(
        "BatchWriteItem", TestingTable.halfUnprocessed(), TestingTable.halfUnprocessed());
    List<DynamoDbWrite> batch = IntStream.range(0, 25).mapToObj(n -> put("a", n, n)).toList();

    writer.write(batch);

    assertThat(table.size()).isEqualTo(25);
    assertThat(metrics.count("batches")).isEqualTo(3);
    assertThat(metrics.count("throttles")).isEqualTo(2);
    assertThat(metrics.count("recordsWritten")).isEqualTo(25);
  }

  @Test
  void conditionalPutWhoseAnswerWasLostIsDone() throws Exception {
    table.endpoint.next("PutItem", Fault.answerLost(), Fault.answerLost());

    writer.write(List.of(putIfNewer("a", 1, 5)));

    assertThat(table.value("a", "1")).isEqualTo(5);
    assertThat(metrics.count("conditionFailed")).isEqualTo(1);
  }

  static Stream<Arguments> refusedForGood() {
    Map<String, AttributeValue> wrongType = new HashMap<>(item("bad", "1", 1));
    wrongType.put("n", TestingTable.string("not a number"));
    Map<String, AttributeValue> tooLarge = new HashMap<>(item("bad", "1", 1));
    tooLarge.put("text", TestingTable.string("x".repeat(400 * 1024)));
    Map<String, AttributeValue> untyped = new HashMap<>(item("bad", "1", 1));
    untyped.put("odd", AttributeValue.builder().build());
    return Stream.of(
        Arguments.of("wrong type", DynamoDbWrite.put(wrongType)),
        Arguments.of("no key", DynamoDbWrite.put(Map.of("value", number("1")))),
        Arguments.of("too large", DynamoDbWrite.put(tooLarge)),
        Arguments.of("untyped", DynamoDbWrite.put(untyped)),
        Arguments.of("empty key", DynamoDbWrite.put(item("", "1", 1))),
        Arguments.of("more than the key", DynamoDbWrite.delete(item("bad", "1", 1))),
        Arguments.of(
            "bad condition",
            DynamoDbWrite.putIf(item("bad", "1", 1), "seq <<>> 1", Map.of(), Map.of())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedForGood")
  void refusedItemIsLeftOutAndTheOthersOfItsBatchAreWritten(String name, DynamoDbWrite bad)
      throws Exception {
    options.set(DynamoDbSinkOptions.REFUSED_ITEMS, RefusedItems.DROP);
    writer.close();
    writer = writer(List.of());

    writer.write(List.of(put("a", 1, 10), bad, put("a", 2, 20)));

    assertThat(table.size()).isEqualTo(2);
    assertThat(metrics.count("dropped")).isEqualTo(1);
    assertThat(metrics.count("recordsWritten")).isEqualTo(2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedForGood")
  void refusedItemFailsTheJobForGoodIfToldSo(String name, DynamoDbWrite bad) {
    assertThatThrownBy(() -> writer.write(List.of(bad)))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .isInstanceOf(DynamoDbSinkException.class)
        .hasMessageContaining("table things")
        .hasMessageContaining("refused-items=DROP");
  }

  @Test
  void tooLargeItemIsNamedWithItsSize() {
    Map<String, AttributeValue> large = new HashMap<>(item("a", "1", 1));
    large.put("text", TestingTable.string("x".repeat(500_000)));

    assertThatThrownBy(() -> writer.write(List.of(DynamoDbWrite.put(large))))
        .hasRootCauseMessage(
            "PUT of %s with key %s can never be written to table things: it has 500,016 bytes, over DynamoDB's limit of 409,600; refused-items=DROP goes on without it"
                .formatted(DynamoDbWrite.put(large).attributes().keySet(), orderedKey("a", "1")));
    assertThat(table.endpoint.calls("BatchWriteItem")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AccessDeniedException",
        "UnrecognizedClientException",
        "ResourceNotFoundException"
      })
  void whatAPersonMustPutRightFailsAtOnce(String code) {
    table.endpoint.always("BatchWriteItem", Fault.error(400, code));

    assertThatThrownBy(() -> writer.write(List.of(put("a", 1, 10))))
        .isInstanceOf(DynamoDbSinkException.class)
        .hasMessageContaining("BatchWriteItem on table things failed with " + code);
    assertThat(table.endpoint.calls("BatchWriteItem")).hasSize(1);
  }

  @Test
  void missingTableFailsBeforeTheFirstWrite() throws Exception {
    try (TableWriter other =
        new TableWriter(
            table.clients().create(),
            "no-such-table",
            List.of(),
            options,
            new SinkMetrics(new TestingMetricGroup(), Clock.systemUTC()))) {
      assertThatThrownBy(() -> other.write(List.of(put("a", 1, 10))))
          .isInstanceOf(DynamoDbSinkException.class)
          .hasMessageContaining("DescribeTable on table no-such-table")
          .hasMessageContaining("ResourceNotFoundException");
    }
  }

  @Test
  void outageIsMeasuredAndAnInterruptEndsTheRetries() throws Exception {
    table.endpoint.close();
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread calls =
        new Thread(
            () -> {
              try {
                writer.write(new ArrayList<>(List.of(put("a", 1, 10))));
                ended.complete(null);
              } catch (InterruptedException | RuntimeException e) {
                ended.complete(e);
              }
            });
    calls.start();
    await().until(() -> metrics.gauge("outageMillis") > 100);
    assertThat(metrics.count("transientErrors")).isGreaterThan(1);

    calls.interrupt();

    assertThat(ended)
        .succeedsWithin(Duration.ofSeconds(20))
        .isInstanceOf(InterruptedException.class);
  }

  private static DynamoDbWrite put(String owner, int n, int value) {
    return DynamoDbWrite.put(item(owner, Integer.toString(n), value));
  }

  private static DynamoDbWrite putIfNewer(String owner, int n, int value) {
    return DynamoDbWrite.putIf(
        item(owner, Integer.toString(n), value),
        "attribute_not_exists(#value) OR #value < :value",
        Map.of("#value", "value"),
        Map.of(":value", number(Integer.toString(value))));
  }

  private static Map<String, AttributeValue> orderedKey(String owner, String n) {
    Map<String, AttributeValue> key = new LinkedHashMap<>();
    key.put("owner", TestingTable.string(owner));
    key.put("n", number(n));
    return key;
  }

  private TableWriter writer(List<String> keyAttributes) {
    return new TableWriter(
        table.clients().create(),
        TestingTable.NAME,
        keyAttributes,
        options,
        new SinkMetrics(metrics, Clock.systemUTC()));
  }
}
