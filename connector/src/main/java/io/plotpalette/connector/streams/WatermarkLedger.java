package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.ShardNode.Status;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges event time for the whole stream: the least watermark of all shards from which a record can
 * still come. Watermarks are epoch milliseconds, {@link Long#MIN_VALUE} where nothing is known. Not
 * thread-safe.
 */
final class WatermarkLedger {
  static final long NONE = Long.MIN_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(WatermarkLedger.class);

  private final long boundMillis;
  private final long leafAfterMillis;

  /** Ended shards that nothing waits for any more, because no child was listed in time. */
  private final Set<String> leaves = new HashSet<>();

  private final Map<String, Long> shards = new HashMap<>();
  private long current;

  WatermarkLedger(long boundMillis, long leafAfterMillis, Map<String, Long> shards, long current) {
    this.boundMillis = boundMillis;
    this.leafAfterMillis = leafAfterMillis;
    this.shards.putAll(shards);
    this.current = current;
  }

  /** What the reader of a shard says; lower than before if it went back to a checkpoint. */
  void report(String shardId, long watermark) {
    shards.put(shardId, watermark);
  }

  private long of(String shardId) {
    return shards.getOrDefault(shardId, NONE);
  }

  /**
   * The watermark for a shard that is handed out: nothing in it is older than the end of its
   * parent.
   */
  long inherited(ShardGraph graph, ShardNode shard) {
    long own = of(shard.shardId());
    long parents = graph.parent(shard).map(parent -> of(parent.shardId())).orElse(NONE);
    return Math.max(own, parents);
  }

  /** Forgets what was announced: readers went back to a checkpoint and will read again. */
  void rewind() {
    current = NONE;
  }

  /** The watermark last announced. */
  long current() {
    return current;
  }

  Map<String, Long> shards() {
    return Map.copyOf(shards);
  }

  /**
   * The watermark to announce now, never less than the one before.
   *
   * @param ended the stream is switched off or gone, so a finished shard gets no child
   */
  long advance(ShardGraph graph, boolean ended, long nowMillis) {
    List<ShardNode> nodes = graph.nodes();
    Set<String> parents = new HashSet<>();
    for (ShardNode node : nodes) {
      if (node.parentShardId() != null) {
        parents.add(node.parentShardId());
      }
    }
    shards.keySet().retainAll(graph.ids());
    leaves.retainAll(graph.ids());
    if (leaves.removeAll(parents)) {
      LOG.warn("A child was listed after its parent was taken for a leaf: its records may be late");
    }

    // With no shard left that could bring a record, only the clock is left.
    long least = graph.hasListing() ? ShardWatermark.behind(nowMillis, boundMillis) : NONE;
    for (ShardNode node : nodes) {
      boolean counts =
          switch (node.status()) {
            case ASSIGNED -> true;
            // Until the parent is finished, the parent speaks for its children.
            case UNASSIGNED ->
                graph.parent(node).map(parent -> parent.status() == Status.FINISHED).orElse(true);
            // Its child is yet to be listed; a shard no longer listed gets none.
            case FINISHED ->
                !ended
                    && !parents.contains(node.shardId())
                    && graph.isListed(node.shardId())
                    && !isLeaf(graph, node);
          };
      if (counts) {
        least = Math.min(least, inherited(graph, node));
      }
    }
    current = Math.max(current, least);
    return current;
  }

  /** A complete listing, asked for long after the shard's end, names no child of it. */
  private boolean isLeaf(ShardGraph graph, ShardNode node) {
    if (graph.listedAtMillis() - leafAfterMillis < node.finishedAtMillis()) {
      return false;
    }
    if (leaves.add(node.shardId())) {
      LOG.info("Shard has ended without a child, nothing waits for one: {}", node.shardId());
    }
    return true;
  }
}
