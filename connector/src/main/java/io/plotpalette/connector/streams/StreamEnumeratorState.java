package io.plotpalette.connector.streams;

import java.util.List;
import java.util.Map;

/**
 * What the enumerator keeps in a checkpoint.
 *
 * @param streamArn null before it was found from the table's name
 * @param listed whether a listing of the shards has been taken in
 * @param shardWatermarks by shard id, epoch milliseconds
 * @param watermark the one last announced
 */
public record StreamEnumeratorState(
    String streamArn,
    boolean listed,
    List<ShardNode> shards,
    Map<String, Long> shardWatermarks,
    long watermark) {
  public StreamEnumeratorState {
    shards = List.copyOf(shards);
    shardWatermarks = Map.copyOf(shardWatermarks);
  }
}
