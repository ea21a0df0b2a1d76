package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamRecord;

/** How far the task has emitted a shard. Written in the task's thread only. */
final class ShardState {
  private static final long CAUGHT_UP = Long.MAX_VALUE;

  private final StreamShardSplit split;
  private final ShardWatermark watermark;
  private ShardPosition position;

  /** Creation time of the record last emitted, or {@link #CAUGHT_UP}; metrics read it. */
  private volatile long lastCreatedMillis = CAUGHT_UP;

  ShardState(StreamShardSplit split, long boundMillis) {
    this.split = split;
    this.position = split.position();
    this.watermark = new ShardWatermark(boundMillis, split.watermark());
  }

  void emitted(StreamRecord record) {
    position = ShardPosition.after(record.sequenceNumber());
    watermark.recordCreatedAt(record.createdMillis());
    lastCreatedMillis = record.createdMillis();
  }

  ShardState emitted(ShardPage page) {
    if (page.empty()) {
      lastCreatedMillis = CAUGHT_UP;
    }
    if (page.tipMillis() != ShardPage.NOT_AT_TIP) {
      watermark.atTip(page.tipMillis());
    }
    return this;
  }

  long watermark() {
    return watermark.value();
  }

  long millisBehind(long nowMillis) {
    return Math.max(0, nowMillis - lastCreatedMillis);
  }

  StreamShardSplit toSplit(boolean finished) {
    return new StreamShardSplit(
        split.streamArn(), split.shardId(), position, watermark.value(), finished);
  }
}
