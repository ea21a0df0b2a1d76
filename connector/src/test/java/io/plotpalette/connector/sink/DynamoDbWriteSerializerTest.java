package io.plotpalette.connector.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class DynamoDbWriteSerializerTest {
  private static final String VERSION_ONE =
      "ffffffffffffffff000000010000000000000001430000000200000002696453000000016b000000016e4e0000"
          + "00013700000007236e203c203a6e0000000100000002236e000000016e00000001000000023a6e4e00000001"
          + "37";

  private final DynamoDbWriteSerializer serializer = new DynamoDbWriteSerializer();

  @Test
  void everyKindOfWriteAndTypeOfAttributeComesBackAsItWas() throws IOException {
    Map<String, AttributeValue> item =
        Map.ofEntries(
            Map.entry("s", AttributeValue.builder().s("ä").build()),
            Map.entry("long", AttributeValue.builder().s("x".repeat(70_000)).build()),
            Map.entry("n", AttributeValue.builder().n("1.50").build()),
            Map.entry("b", AttributeValue.builder().b(bytes(1, 2)).build()),
            Map.entry("t", AttributeValue.builder().bool(true).build()),
            Map.entry("f", AttributeValue.builder().bool(false).build()),
            Map.entry("nul", AttributeValue.builder().nul(true).build()),
            Map.entry("ss", AttributeValue.builder().ss("a", "b").build()),
            Map.entry("ns", AttributeValue.builder().ns("1", "2").build()),
            Map.entry("bs", AttributeValue.builder().bs(bytes(3), bytes()).build()),
            Map.entry("none", AttributeValue.builder().build()),
            Map.entry(
                "m",
                AttributeValue.builder()
                    .m(
                        Map.of(
                            "l",
                            AttributeValue.builder()
                                .l(
                                    AttributeValue.builder().s("").build(),
                                    AttributeValue.builder().l(List.of()).build())
                                .build()))
                    .build()));
    List<DynamoDbWrite> writes =
        List.of(
            DynamoDbWrite.put(item),
            DynamoDbWrite.delete(Map.of("s", AttributeValue.builder().s("k").build())),
            DynamoDbWrite.putIfAbsent(item, "s", "n"),
            DynamoDbWrite.putIf(
                item,
                "#a < :b",
                Map.of("#a", "n"),
                Map.of(":b", AttributeValue.builder().n("2").build())));

    assertThat(restored(serializer.getVersion(), serializer.serialize(state(writes))))
        .isEqualTo(writes);
  }

  @Test
  void stateOfVersionOneStaysReadable() throws IOException {
    DynamoDbWrite write =
        DynamoDbWrite.putIf(
            Map.of(
                "id", AttributeValue.builder().s("k").build(),
                "n", AttributeValue.builder().n("7").build()),
            "#n < :n",
            Map.of("#n", "n"),
            Map.of(":n", AttributeValue.builder().n("7").build()));
    byte[] stored = HexFormat.of().parseHex(VERSION_ONE);

    assertThat(restored(1, stored)).containsExactly(write);
    assertThat(serializer.serialize(state(List.of(write)))).isEqualTo(stored);
  }

  @Test
  void unknownVersionIsRefusedByNumber() {
    assertThatThrownBy(() -> serializer.deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 2");
  }

  private List<DynamoDbWrite> restored(int version, byte[] serialized) throws IOException {
    return serializer.deserialize(version, serialized).getBufferedRequestEntries().stream()
        .map(RequestEntryWrapper::getRequestEntry)
        .toList();
  }

  private static BufferedRequestState<DynamoDbWrite> state(List<DynamoDbWrite> writes) {
    return new BufferedRequestState<>(
        writes.stream().map(write -> new RequestEntryWrapper<>(write, 1)).toList());
  }

  private static SdkBytes bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return SdkBytes.fromByteArray(bytes);
  }
}
