package io.plotpalette.connector.streams;

/**
 * One shard as the enumerator knows it.
 *
 * @param parentShardId null if it has none
 * @param start where its first reader begins
 * @param finishedAtMillis epoch milliseconds; 0 unless finished
 */
public record ShardNode(
    String shardId,
    String parentShardId,
    Status status,
    StartPosition start,
    long finishedAtMillis) {

  /** The life of a shard. */
  public enum Status {
    UNASSIGNED,
    ASSIGNED,
    FINISHED
  }

  ShardNode as(Status next) {
    return new ShardNode(shardId, parentShardId, next, start, 0);
  }

  ShardNode finishedAt(long millis) {
    return new ShardNode(shardId, parentShardId, Status.FINISHED, start, millis);
  }
}
