package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.ShardNode.Status;
import io.plotpalette.connector.streams.proxy.StreamProxy.Listing;
import io.plotpalette.connector.streams.proxy.StreamProxy.Shard;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The shards of a stream and their lineage: which of them may be read now, so that every key's
 * changes are read in order. Not thread-safe.
 *
 * <p>A shard may be read when its parent is finished, or unknown because the stream has dropped it.
 * Listings may come late and in any order.
 */
final class ShardGraph {

  /**
   * A finished shard is remembered for twice the stream's retention of 24 hours: if it were
   * forgotten while a listing can still name it, it would be read a second time.
   */
  private static final Duration REMEMBERED = Duration.ofDays(2);

  private final StartPosition start;
  private final SortedMap<String, ShardNode> nodes = new TreeMap<>();
  private final Set<String> lastListed = new HashSet<>();

  /**
   * Shards that were found after the start, with a parent no listing has named yet. The parent may
   * be listed late, so they wait for one more listing.
   */
  private final Set<String> awaitingParent = new HashSet<>();

  private boolean listed;
  private long listedAtMillis;

  ShardGraph(StartPosition start) {
    this.start = start;
  }

  /**
   * @param listed whether a listing was merged before the checkpoint
   */
  static ShardGraph restore(StartPosition start, Collection<ShardNode> nodes, boolean listed) {
    ShardGraph graph = new ShardGraph(start);
    nodes.forEach(node -> graph.nodes.put(node.shardId(), node));
    graph.lastListed.addAll(graph.nodes.keySet());
    graph.listed = listed;
    nodes.stream()
        .filter(node -> node.status() == Status.UNASSIGNED)
        .filter(graph::lacksParent)
        .forEach(node -> graph.awaitingParent.add(node.shardId()));
    return graph;
  }

  /**
   * Takes in a listing of all shards.
   *
   * @param askedMillis when it was asked for
   */
  void merge(Listing listing, long askedMillis) {
    Set<String> found = new HashSet<>();
    for (Shard shard : listing.shards()) {
      if (!nodes.containsKey(shard.shardId())) {
        nodes.put(shard.shardId(), discovered(shard, askedMillis));
        found.add(shard.shardId());
      }
    }
    awaitingParent.clear();
    if (listed) {
      found.stream().filter(id -> lacksParent(nodes.get(id))).forEach(awaitingParent::add);
    }
    lastListed.clear();
    listing.shards().forEach(shard -> lastListed.add(shard.shardId()));
    listed = true;
    listedAtMillis = askedMillis;
    prune(askedMillis);
  }

  private ShardNode discovered(Shard shard, long nowMillis) {
    boolean fromLatest = !listed && start == StartPosition.LATEST;
    ShardNode node =
        new ShardNode(
            shard.shardId(),
            shard.parentShardId(),
            Status.UNASSIGNED,
            fromLatest ? StartPosition.LATEST : StartPosition.TRIM_HORIZON,
            0);
    return fromLatest && shard.closed() ? node.finishedAt(nowMillis) : node;
  }

  private void prune(long nowMillis) {
    Set<String> needed =
        nodes.values().stream()
            .filter(node -> node.status() == Status.UNASSIGNED && node.parentShardId() != null)
            .map(ShardNode::parentShardId)
            .collect(Collectors.toSet());
    nodes
        .values()
        .removeIf(
            node ->
                node.status() == Status.FINISHED
                    && node.finishedAtMillis() + REMEMBERED.toMillis() < nowMillis
                    && !lastListed.contains(node.shardId())
                    && !needed.contains(node.shardId()));
  }

  private boolean lacksParent(ShardNode node) {
    return node.parentShardId() != null && !nodes.containsKey(node.parentShardId());
  }

  /** The shards to hand to a reader now, oldest first. */
  List<ShardNode> assignable() {
    return nodes.values().stream().filter(this::isAssignable).toList();
  }

  private boolean isAssignable(ShardNode node) {
    return node.status() == Status.UNASSIGNED
        && !awaitingParent.contains(node.shardId())
        && parent(node).map(parent -> parent.status() == Status.FINISHED).orElse(true);
  }

  /** A reader has the shard, or has it again after it went back to an older checkpoint. */
  void assigned(String shardId) {
    nodes.put(shardId, node(shardId).as(Status.ASSIGNED));
  }

  /** The reader that was to get the shard has failed before it had it for good. */
  void returned(String shardId) {
    nodes.put(shardId, node(shardId).as(Status.UNASSIGNED));
  }

  /**
   * A reader has read the shard to its end.
   *
   * @return false if that was known
   */
  boolean finished(String shardId, long nowMillis) {
    ShardNode node = node(shardId);
    if (node.status() == Status.FINISHED) {
      return false;
    }
    nodes.put(shardId, node.finishedAt(nowMillis));
    return true;
  }

  /** A reader may name a shard this graph has not seen: it is taken in, so it is not read twice. */
  private ShardNode node(String shardId) {
    ShardNode known = nodes.get(shardId);
    return known != null
        ? known
        : new ShardNode(shardId, null, Status.ASSIGNED, StartPosition.TRIM_HORIZON, 0);
  }

  Optional<ShardNode> parent(ShardNode node) {
    return node.parentShardId() == null
        ? Optional.empty()
        : Optional.ofNullable(nodes.get(node.parentShardId()));
  }

  /** Whether the newest listing named the shard; true for a restored one until there is one. */
  boolean isListed(String shardId) {
    return lastListed.contains(shardId);
  }

  /** When the newest listing was asked for; 0 before the first one since the start or a restore. */
  long listedAtMillis() {
    return listedAtMillis;
  }

  /** Whether any listing was merged in the life of the job. */
  boolean hasListing() {
    return listed;
  }

  Set<String> ids() {
    return Set.copyOf(nodes.keySet());
  }

  List<ShardNode> nodes() {
    return List.copyOf(nodes.values());
  }
}
