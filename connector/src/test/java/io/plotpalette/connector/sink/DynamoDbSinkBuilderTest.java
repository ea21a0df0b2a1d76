package io.plotpalette.connector.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DynamoDbSinkBuilderTest {

  @Test
  void defaultsAreAsDocumented() {
    Configuration none = new Configuration();

    assertThat(none.get(DynamoDbSinkOptions.BATCH_MAX_ITEMS)).isEqualTo(25);
    assertThat(none.get(DynamoDbSinkOptions.BATCH_MAX_WAIT)).isEqualTo(Duration.ofMillis(100));
    assertThat(none.get(DynamoDbSinkOptions.BUFFER_MAX_ITEMS)).isEqualTo(500);
    assertThat(none.get(DynamoDbSinkOptions.REQUEST_TIMEOUT)).isEqualTo(Duration.ofSeconds(10));
    assertThat(none.get(DynamoDbSinkOptions.BACKOFF_MIN)).isEqualTo(Duration.ofMillis(50));
    assertThat(none.get(DynamoDbSinkOptions.BACKOFF_MAX)).isEqualTo(Duration.ofSeconds(20));
    assertThat(none.get(DynamoDbSinkOptions.REFUSED_ITEMS)).isEqualTo(RefusedItems.FAIL);
    assertThat(none.get(DynamoDbSinkOptions.METRIC_GROUP)).isEqualTo("kinesisanalytics");
    DynamoDbSinkOptions.validate(none);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(DynamoDbSinkOptions.BATCH_MAX_ITEMS, "0"),
        Arguments.of(DynamoDbSinkOptions.BATCH_MAX_ITEMS, "26"),
        Arguments.of(DynamoDbSinkOptions.BATCH_MAX_WAIT, "0 ms"),
        Arguments.of(DynamoDbSinkOptions.BUFFER_MAX_ITEMS, "25"),
        Arguments.of(DynamoDbSinkOptions.REQUEST_TIMEOUT, "0 ms"),
        Arguments.of(DynamoDbSinkOptions.BACKOFF_MIN, "0 ms"),
        Arguments.of(DynamoDbSinkOptions.BACKOFF_MAX, "49 ms"),
        Arguments.of(DynamoDbSinkOptions.REFUSED_ITEMS, "maybe"),
        Arguments.of(DynamoDbSinkOptions.METRIC_GROUP, " "));
  }

  @ParameterizedTest
  @MethodSource
  void refused(ConfigOption<?> option, String value) {
    Configuration options = new Configuration();
    options.setString(option.key(), value);

    assertThatThrownBy(() -> builder().setRegion("eu-west-1").options(options).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(option.key());
  }

  @Test
  void needsATableAndOneWayToIt() {
    assertThatThrownBy(() -> builder().setTableName(" ").setRegion("eu-west-1").build())
        .hasMessage("Set tableName");
    assertThatThrownBy(() -> builder().build()).hasMessage("Set either region or clients");
    assertThatThrownBy(() -> builder().setRegion("eu-west-1").setClients(notConnecting()).build())
        .hasMessage("Set either region or clients");
    assertThatThrownBy(
            () ->
                builder()
                    .setEndpoint(URI.create("http://127.0.0.1:1"))
                    .setClients(notConnecting())
                    .build())
        .hasMessageContaining("not with clients");
    assertThatThrownBy(
            () -> DynamoDbSink.<String>builder().setTableName("t").setRegion("eu-west-1").build())
        .hasMessage("elementConverter");
  }

  @Test
  void sinkIsSerializable() throws Exception {
    DynamoDbSink<String> sink =
        builder().setRegion("eu-west-1").setEndpoint(URI.create("http://127.0.0.1:1")).build();

    assertThat(InstantiationUtil.clone(sink).getWriterStateSerializer().getVersion()).isEqualTo(1);
  }

  @Test
  void writesThatSayNothingAreRefusedWhereTheyAreMade() {
    assertThatThrownBy(() -> DynamoDbWrite.put(Map.of())).hasMessage("An item without attributes");
    assertThatThrownBy(() -> DynamoDbWrite.delete(Map.of())).hasMessage("A key without attributes");
    assertThatThrownBy(() -> DynamoDbWrite.putIfAbsent(TestingTable.item("a", "1", 1)))
        .hasMessageContaining("primary key");
    assertThatThrownBy(
            () -> DynamoDbWrite.putIf(TestingTable.item("a", "1", 1), " ", Map.of(), Map.of()))
        .hasMessageContaining("conditionExpression");
  }

  private static DynamoDbClientProvider notConnecting() {
    return () -> {
      throw new AssertionError("Building must not connect");
    };
  }

  private static DynamoDbSinkBuilder<String> builder() {
    return DynamoDbSink.<String>builder()
        .setTableName("things")
        .setElementConverter(id -> DynamoDbWrite.put(TestingTable.key(id, "1")));
  }
}
