package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.connector.streams.proxy.ShardPosition;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerializersTest {
  private final StreamShardSplitSerializer splits = new StreamShardSplitSerializer();
  private final StreamEnumeratorStateSerializer states = new StreamEnumeratorStateSerializer();

  static Stream<ShardPosition> positions() {
    return Stream.of(
        ShardPosition.trimHorizon(), ShardPosition.latest(), ShardPosition.after("0017"));
  }

  @ParameterizedTest
  @MethodSource("positions")
  void splitComesBackAsItWas(ShardPosition position) throws IOException {
    StreamShardSplit split = new StreamShardSplit("arn", "shard", position, 4711, true);

    assertThat(splits.deserialize(splits.getVersion(), splits.serialize(split))).isEqualTo(split);
  }

  @Test
  void splitOfVersionOneStaysReadable() throws IOException {
    byte[] stored =
        HexFormat.of()
            .parseHex(
                "000361726e00057368617264001541465445525f53455155454e43455f4e554d42455200043030"
                    + "3137000000000000126701");

    assertThat(splits.deserialize(1, stored))
        .isEqualTo(new StreamShardSplit("arn", "shard", ShardPosition.after("0017"), 4711, true));
  }

  @Test
  void enumeratorStateComesBackAsItWas() throws IOException {
    StreamEnumeratorState state =
        new StreamEnumeratorState(
            "arn",
            true,
            List.of(
                new ShardNode("a", null, ShardNode.Status.FINISHED, StartPosition.LATEST, 99),
                new ShardNode("b", "a", ShardNode.Status.ASSIGNED, StartPosition.TRIM_HORIZON, 0)),
            Map.of("a", 17L, "b", 18L),
            17);

    assertThat(states.deserialize(states.getVersion(), states.serialize(state))).isEqualTo(state);
  }

  @Test
  void stateFromBeforeTheFirstListingComesBackAsItWas() throws IOException {
    StreamEnumeratorState state =
        new StreamEnumeratorState(null, false, List.of(), Map.of(), WatermarkLedger.NONE);

    assertThat(states.deserialize(states.getVersion(), states.serialize(state))).isEqualTo(state);
  }

  @Test
  void unknownVersionsAreRefusedByNumber() {
    assertThatThrownBy(() -> splits.deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 2");
    assertThatThrownBy(() -> states.deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 2");
  }
}
