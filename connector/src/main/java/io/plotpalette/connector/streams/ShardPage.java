package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/**
 * What one poll of one shard brought, on its way from the fetcher to the task. What it says about
 * the shard takes effect behind its records, when Flink recycles the page.
 */
final class ShardPage implements RecordsWithSplitIds<StreamRecord> {
  static final long NOT_AT_TIP = Long.MIN_VALUE;

  private final String shardId;
  private final Iterator<StreamRecord> records;
  private final boolean empty;
  private final boolean finished;
  private final long tipMillis;
  private final Consumer<ShardPage> emitted;
  private boolean entered;

  /**
   * @param shardId null when nothing was polled
   * @param tipMillis when the page was asked for, if the shard is at its tip
   * @param emitted told in the task's thread when all records are emitted
   */
  ShardPage(
      String shardId,
      List<StreamRecord> records,
      boolean finished,
      long tipMillis,
      Consumer<ShardPage> emitted) {
    this.shardId = shardId;
    this.records = records.iterator();
    this.empty = records.isEmpty();
    this.finished = finished;
    this.tipMillis = tipMillis;
    this.emitted = emitted;
  }

  /** Nothing was polled, or the poll failed: says nothing about any shard. */
  static ShardPage nothing() {
    return new ShardPage(null, List.of(), false, NOT_AT_TIP, page -> {});
  }

  @Override
  public String nextSplit() {
    if (entered || empty) {
      return null;
    }
    entered = true;
    return shardId;
  }

  @Override
  public StreamRecord nextRecordFromSplit() {
    return records.hasNext() ? records.next() : null;
  }

  @Override
  public Set<String> finishedSplits() {
    return finished ? Set.of(shardId) : Set.of();
  }

  @Override
  public void recycle() {
    emitted.accept(this);
  }

  String shardId() {
    return shardId;
  }

  boolean empty() {
    return empty;
  }

  long tipMillis() {
    return tipMillis;
  }
}
