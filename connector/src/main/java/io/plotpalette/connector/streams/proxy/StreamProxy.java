package io.plotpalette.connector.streams.proxy;

import java.util.List;

/**
 * The remote edge of the source: what it asks of DynamoDB and its streams, with failures it has an
 * answer to as {@link StreamFailure}. Any other exception is meant to fail the job.
 */
public interface StreamProxy extends AutoCloseable {

  /** The ARN of the newest stream of a table; {@link StreamFailure.Gone} if there is none. */
  String latestStreamArn(String table) throws StreamFailure;

  /** All shards of a stream, all pages of the listing taken together. */
  Listing describe(String streamArn) throws StreamFailure;

  /** An iterator for {@link #read}; it expires some minutes later. */
  String openIterator(String streamArn, String shardId, ShardPosition position)
      throws StreamFailure;

  /** The next records of a shard, at most {@code maxRecords}, often none. */
  Page read(String iterator, int maxRecords) throws StreamFailure;

  @Override
  void close();

  /**
   * The shards of a stream at one time.
   *
   * @param enabled false when the stream is switched off: no shard will get a child any more
   */
  record Listing(List<Shard> shards, boolean enabled) {
    public Listing {
      shards = List.copyOf(shards);
    }
  }

  /**
   * One shard of a listing.
   *
   * @param parentShardId null for a shard without a parent
   * @param closed true when its last record is written
   */
  record Shard(String shardId, String parentShardId, boolean closed) {}

  /**
   * One answer to {@link #read}.
   *
   * @param nextIterator null at the end of a closed shard
   */
  record Page(List<StreamRecord> records, String nextIterator) {
    public Page {
      records = List.copyOf(records);
    }

    public boolean endOfShard() {
      return nextIterator == null;
    }
  }
}
