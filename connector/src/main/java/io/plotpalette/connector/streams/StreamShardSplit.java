package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.ShardPosition;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A shard on its way to a reader, or in a checkpoint.
 *
 * @param watermark no record to come has a creation time at or below it, epoch milliseconds
 * @param finished read to its end, kept so that the enumerator is told again after a restore
 */
public record StreamShardSplit(
    String streamArn, String shardId, ShardPosition position, long watermark, boolean finished)
    implements SourceSplit {

  @Override
  public String splitId() {
    return shardId;
  }
}
