package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.streams.proxy.StreamProxy.Listing;
import io.plotpalette.connector.streams.proxy.StreamProxy.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatermarkLedgerTest {
  private static final long BOUND = 1_000;
  private static final long LEAF_AFTER = 5_000;
  private static final long NOW = 50_000;

  private final ShardGraph graph = new ShardGraph(StartPosition.TRIM_HORIZON);
  private final WatermarkLedger ledger =
      new WatermarkLedger(BOUND, LEAF_AFTER, Map.of(), WatermarkLedger.NONE);

  @Test
  void knowsNothingBeforeTheFirstListing() {
    assertThat(advance()).isEqualTo(WatermarkLedger.NONE);
  }

  @Test
  void isTheLeastOfAllShardsBeingRead() {
    read("a", null, 300);
    read("b", null, 200);

    assertThat(advance()).isEqualTo(200);
  }

  @Test
  void waitsForAShardNobodyHasReportedYet() {
    read("a", null, 300);
    merge(new Shard("b", null, false));

    assertThat(advance()).isEqualTo(WatermarkLedger.NONE);
  }

  @Test
  void neverGoesBack() {
    read("a", null, 300);
    advance();
    merge(new Shard("late", null, false));

    assertThat(advance()).isEqualTo(300);
  }

  @Test
  void goesBackWhenReadersWentBackToACheckpoint() {
    read("a", null, 300);
    advance();

    ledger.rewind();
    ledger.report("a", 100);

    assertThat(advance()).isEqualTo(100);
  }

  @Test
  void parentSpeaksForItsWaitingChild() {
    read("a", null, 300);
    merge(new Shard("a", null, true), new Shard("b", "a", false));

    assertThat(advance()).isEqualTo(300);
  }

  @Test
  void unassignedChildHoldsAtTheEndOfItsParent() {
    read("a", null, 300);
    read("other", null, 900);
    merge(new Shard("a", null, true), new Shard("b", "a", false));

    graph.finished("a", NOW);

    assertThat(advance()).isEqualTo(300);
  }

  @Test
  void assignedChildStartsAtTheEndOfItsParent() {
    read("a", null, 300);
    merge(new Shard("a", null, true), new Shard("b", "a", false));
    graph.finished("a", NOW);
    graph.assigned("b");

    assertThat(advance()).isEqualTo(300);
    ledger.report("b", 700);
    assertThat(advance()).isEqualTo(700);
  }

  @Test
  void finishedShardHoldsUntilItsChildIsListed() {
    read("a", null, 300);
    read("other", null, 900);

    graph.finished("a", NOW);

    assertThat(advance()).isEqualTo(300);
  }

  @Test
  void finishedShardThatNoLaterListingNamesAChildOfIsALeaf() {
    read("a", null, 300);
    read("other", null, 900);
    graph.finished("a", NOW);

    listAll(NOW + LEAF_AFTER - 1);
    assertThat(advance()).isEqualTo(300);
    listAll(NOW + LEAF_AFTER);

    assertThat(advance()).isEqualTo(900);
  }

  @Test
  void timeAloneMakesNoLeaf() {
    read("a", null, 300);
    read("other", null, 900);
    graph.finished("a", NOW);

    // No listing: nobody knows whether there is a child.
    assertThat(ledger.advance(graph, false, NOW + 10 * LEAF_AFTER)).isEqualTo(300);
  }

  @Test
  void restoredFinishedShardWaitsForAListing() {
    ShardGraph restored =
        ShardGraph.restore(
            StartPosition.TRIM_HORIZON,
            List.of(
                new ShardNode("a", null, ShardNode.Status.FINISHED, StartPosition.TRIM_HORIZON, 1)),
            true);
    WatermarkLedger afterRestore =
        new WatermarkLedger(BOUND, LEAF_AFTER, Map.of("a", 300L), WatermarkLedger.NONE);

    assertThat(afterRestore.advance(restored, false, NOW)).isEqualTo(300);
    restored.merge(new Listing(List.of(new Shard("a", null, true)), true), NOW);

    assertThat(afterRestore.advance(restored, false, NOW)).isEqualTo(NOW - BOUND - 1);
  }

  @Test
  void childListedAfterAllDoesNotTakeTheWatermarkBack() {
    read("a", null, 300);
    read("other", null, 900);
    graph.finished("a", NOW);
    listAll(NOW + LEAF_AFTER);
    advance();

    merge(new Shard("a", null, true), new Shard("late", "a", false));

    assertThat(advance()).isEqualTo(900);
    ledger.report("other", 5_000);
    assertThat(advance()).isEqualTo(900);
  }

  @Test
  void finishedShardOfASwitchedOffStreamDoesNotHold() {
    read("a", null, 300);
    read("other", null, 900);
    graph.finished("a", NOW);

    assertThat(ledger.advance(graph, true, NOW)).isEqualTo(900);
  }

  @Test
  void finishedShardThatIsNoLongerListedDoesNotHold() {
    read("a", null, 300);
    graph.finished("a", NOW);

    read("other", null, 900);

    assertThat(advance()).isEqualTo(900);
  }

  @Test
  void followsTheClockWhenNoShardIsLeftInASwitchedOffStream() {
    read("a", null, 300);
    graph.finished("a", NOW);

    assertThat(ledger.advance(graph, true, NOW)).isEqualTo(NOW - BOUND - 1);
  }

  @Test
  void restoredLedgerDoesNotGoBelowWhatWasAnnounced() {
    WatermarkLedger restored = new WatermarkLedger(BOUND, LEAF_AFTER, Map.of("a", 300L), 280);
    merge(new Shard("a", null, false), new Shard("new", null, false));
    graph.assigned("a");

    assertThat(restored.advance(graph, false, NOW)).isEqualTo(280);
  }

  @Test
  void recordsHoldTheShardBehindByTheBound() {
    ShardWatermark shard = new ShardWatermark(BOUND, WatermarkLedger.NONE);

    shard.recordCreatedAt(10_000);
    shard.recordCreatedAt(9_500);

    assertThat(shard.value()).isEqualTo(8_999);
  }

  @Test
  void shardAtItsTipFollowsTheClockBehindByTheBound() {
    ShardWatermark shard = new ShardWatermark(BOUND, WatermarkLedger.NONE);
    shard.recordCreatedAt(10_000);

    shard.atTip(20_000);

    assertThat(shard.value()).isEqualTo(18_999);
  }

  private void read(String shardId, String parentShardId, long watermark) {
    merge(new Shard(shardId, parentShardId, false));
    graph.assigned(shardId);
    ledger.report(shardId, watermark);
  }

  /** The shards listed before and these, unless one of them is finished. */
  private void merge(Shard... shards) {
    List<Shard> all = new ArrayList<>(List.of(shards));
    graph.nodes().stream()
        .filter(node -> node.status() != ShardNode.Status.FINISHED)
        .map(node -> new Shard(node.shardId(), node.parentShardId(), false))
        .forEach(all::add);
    graph.merge(new Listing(all, true), NOW);
  }

  private void listAll(long askedMillis) {
    graph.merge(
        new Listing(
            graph.nodes().stream()
                .map(node -> new Shard(node.shardId(), node.parentShardId(), false))
                .toList(),
            true),
        askedMillis);
  }

  private long advance() {
    return ledger.advance(graph, false, NOW);
  }
}
