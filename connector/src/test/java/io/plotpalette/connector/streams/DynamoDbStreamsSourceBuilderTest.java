package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DynamoDbStreamsSourceBuilderTest {

  @Test
  void defaultsAreAsDocumented() {
    Configuration none = new Configuration();

    assertThat(none.get(StreamsSourceOptions.START_POSITION)).isEqualTo(StartPosition.TRIM_HORIZON);
    assertThat(none.get(StreamsSourceOptions.SHARD_DISCOVERY_INTERVAL))
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(none.get(StreamsSourceOptions.SHARD_LEAF_AFTER)).isEqualTo(Duration.ofMinutes(5));
    assertThat(none.get(StreamsSourceOptions.POLL_INTERVAL_IDLE)).isEqualTo(Duration.ofMillis(250));
    assertThat(none.get(StreamsSourceOptions.POLL_MAX_RECORDS)).isEqualTo(1_000);
    assertThat(none.get(StreamsSourceOptions.WATERMARK_BOUND)).isEqualTo(Duration.ofMinutes(2));
    assertThat(none.get(StreamsSourceOptions.WATERMARK_INTERVAL)).isEqualTo(Duration.ofMillis(500));
    assertThat(none.get(StreamsSourceOptions.TIP_AFTER)).isEqualTo(Duration.ofSeconds(5));
    assertThat(none.get(StreamsSourceOptions.TRIM_FAILS_JOB)).isFalse();
    assertThat(none.get(StreamsSourceOptions.BACKOFF_MIN)).isEqualTo(Duration.ofMillis(200));
    assertThat(none.get(StreamsSourceOptions.BACKOFF_MAX)).isEqualTo(Duration.ofSeconds(20));
    assertThat(none.get(StreamsSourceOptions.METRIC_GROUP)).isEqualTo("kinesisanalytics");
    StreamsSourceOptions.validate(none);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(StreamsSourceOptions.SHARD_DISCOVERY_INTERVAL, "0 ms"),
        Arguments.of(StreamsSourceOptions.SHARD_LEAF_AFTER, "0 ms"),
        Arguments.of(StreamsSourceOptions.POLL_INTERVAL_IDLE, "0 ms"),
        Arguments.of(StreamsSourceOptions.POLL_MAX_RECORDS, "0"),
        Arguments.of(StreamsSourceOptions.POLL_MAX_RECORDS, "1001"),
        Arguments.of(StreamsSourceOptions.WATERMARK_BOUND, "999 ms"),
        Arguments.of(StreamsSourceOptions.WATERMARK_INTERVAL, "0 ms"),
        Arguments.of(StreamsSourceOptions.TIP_AFTER, "499 ms"),
        Arguments.of(StreamsSourceOptions.BACKOFF_MIN, "0 ms"),
        Arguments.of(StreamsSourceOptions.BACKOFF_MAX, "199 ms"),
        Arguments.of(StreamsSourceOptions.METRIC_GROUP, " "),
        Arguments.of(StreamsSourceOptions.START_POSITION, "YESTERDAY"),
        Arguments.of(StreamsSourceOptions.TRIM_FAILS_JOB, "maybe"),
        Arguments.of(StreamsSourceOptions.WATERMARK_BOUND, "long"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(ConfigOption<?> option, String value) {
    Configuration options = new Configuration();
    options.setString(option.key(), value);

    assertThatThrownBy(() -> builder().options(options).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(option.key());
  }

  @Test
  void needsExactlyOneOfTableAndStream() {
    assertThatThrownBy(() -> builder().streamArn("arn").build())
        .hasMessage("Set either table or streamArn");
    assertThatThrownBy(() -> builder().table(null).build())
        .hasMessage("Set either table or streamArn");
  }

  @Test
  void sourceIsSerializableAndKnowsItsType() throws Exception {
    DynamoDbStreamsSource<byte[]> source = builder().build();

    DynamoDbStreamsSource<byte[]> shipped = InstantiationUtil.clone(source);

    assertThat(shipped.getProducedType())
        .isEqualTo(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
  }

  private static DynamoDbStreamsSourceBuilder<byte[]> builder() {
    return DynamoDbStreamsSource.<byte[]>builder()
        .table("things")
        .proxies(
            () -> {
              throw new AssertionError("Building must not connect");
            })
        .deserializer(new StreamRecordJson());
  }
}
