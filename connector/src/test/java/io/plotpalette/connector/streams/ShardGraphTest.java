package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.streams.ShardNode.Status;
import io.plotpalette.connector.streams.proxy.StreamProxy.Listing;
import io.plotpalette.connector.streams.proxy.StreamProxy.Shard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardGraphTest {
  private static final long NOW = 1_000_000;
  private static final long LONG_AFTER = NOW + Duration.ofDays(3).toMillis();

  private final ShardGraph graph = new ShardGraph(StartPosition.TRIM_HORIZON);

  @Test
  void childWaitsForItsParent() {
    merge(open("b", "a"), closed("a", null));

    assertThat(assignable()).containsExactly("a");
    graph.assigned("a");
    assertThat(assignable()).isEmpty();
    graph.finished("a", NOW);
    assertThat(assignable()).containsExactly("b");
  }

  @Test
  void listingOrderDoesNotMatter() {
    merge(open("c", "b"), closed("a", null), closed("b", "a"));

    assertThat(assignable()).containsExactly("a");
  }

  @Test
  void bothChildrenOfASplitAreAssignableWhenTheParentIsFinished() {
    merge(closed("a", null), open("b", "a"), open("c", "a"));
    graph.assigned("a");

    graph.finished("a", NOW);

    assertThat(assignable()).containsExactly("b", "c");
  }

  @Test
  void parentDroppedBeforeTheFirstListingIsNotWaitedFor() {
    merge(open("b", "long-gone"));

    assertThat(assignable()).containsExactly("b");
  }

  @Test
  void shardFoundLaterWaitsOneListingForAParentThatMayBeListedLate() {
    merge(open("a", null));
    merge(open("a", null), open("c", "b"));
    assertThat(assignable()).containsExactly("a");

    merge(open("a", null), closed("b", null), open("c", "b"));

    assertThat(assignable()).containsExactly("a", "b");
  }

  @Test
  void shardFoundLaterIsReadOnceTheNextListingLacksItsParentToo() {
    merge(open("a", null));
    merge(open("a", null), open("c", "b"));

    merge(open("a", null), open("c", "b"));

    assertThat(assignable()).containsExactly("a", "c");
  }

  @Test
  void shardListedLateWithASmallerIdIsRead() {
    merge(open("b", null));
    graph.assigned("b");

    merge(open("a", null), open("b", null));

    assertThat(assignable()).containsExactly("a");
  }

  @Test
  void knownShardMissingInAListingIsStillRead() {
    merge(open("a", null));

    merge();

    assertThat(assignable()).containsExactly("a");
  }

  @Test
  void latestSkipsClosedShardsAndStartsAtTheEndOfOpenOnes() {
    ShardGraph latest = new ShardGraph(StartPosition.LATEST);

    latest.merge(new Listing(List.of(closed("a", null), open("b", "a")), true), NOW);

    assertThat(latest.assignable())
        .containsExactly(new ShardNode("b", "a", Status.UNASSIGNED, StartPosition.LATEST, 0));
  }

  @Test
  void latestReadsShardsFoundLaterFromTheirBeginning() {
    ShardGraph latest = new ShardGraph(StartPosition.LATEST);
    latest.merge(new Listing(List.of(open("a", null)), true), NOW);
    latest.assigned("a");
    latest.finished("a", NOW);

    latest.merge(new Listing(List.of(closed("a", null), open("b", "a")), true), NOW);

    assertThat(latest.assignable())
        .containsExactly(new ShardNode("b", "a", Status.UNASSIGNED, StartPosition.TRIM_HORIZON, 0));
  }

  @Test
  void finishingTwiceIsFinishingOnce() {
    merge(open("a", null));
    graph.assigned("a");

    assertThat(graph.finished("a", NOW)).isTrue();
    assertThat(graph.finished("a", NOW + 1)).isFalse();
  }

  @Test
  void returnedShardIsAssignableAgain() {
    merge(open("a", null));
    graph.assigned("a");

    graph.returned("a");

    assertThat(assignable()).containsExactly("a");
  }

  @Test
  void childOfAShardThatIsReadAgainWaitsAgain() {
    merge(closed("a", null), open("b", "a"));
    graph.assigned("a");
    graph.finished("a", NOW);

    graph.assigned("a");

    assertThat(assignable()).isEmpty();
  }

  @Test
  void shardOnlyAReaderKnowsIsNotReadASecondTime() {
    graph.assigned("a");

    merge(open("a", null));

    assertThat(assignable()).isEmpty();
  }

  @Test
  void finishedShardIsRememberedWhileAListingMayNameItAgain() {
    finish("a");
    graph.merge(new Listing(List.of(), true), NOW + Duration.ofHours(1).toMillis());

    graph.merge(
        new Listing(List.of(closed("a", null)), true), NOW + Duration.ofHours(2).toMillis());

    assertThat(assignable()).isEmpty();
  }

  @Test
  void oldFinishedShardIsForgottenWhenItIsNoLongerListed() {
    finish("a");

    graph.merge(new Listing(List.of(), true), LONG_AFTER);

    assertThat(graph.nodes()).isEmpty();
  }

  @Test
  void oldFinishedShardIsKeptWhileListed() {
    finish("a");

    graph.merge(new Listing(List.of(closed("a", null)), true), LONG_AFTER);

    assertThat(assignable()).isEmpty();
    assertThat(graph.nodes()).hasSize(1);
  }

  @Test
  void oldFinishedShardIsKeptWhileAChildWaits() {
    finish("a");
    merge(open("b", "a"));

    graph.merge(new Listing(List.of(open("b", "a")), true), LONG_AFTER);

    assertThat(graph.nodes()).hasSize(2);
    assertThat(assignable()).containsExactly("b");
  }

  @Test
  void restoredGraphGoesOnWhereItWas() {
    merge(closed("a", null), open("b", "a"));
    graph.assigned("a");
    ShardGraph restored =
        ShardGraph.restore(StartPosition.TRIM_HORIZON, graph.nodes(), graph.hasListing());

    restored.finished("a", NOW);

    assertThat(restored.assignable()).extracting(ShardNode::shardId).containsExactly("b");
  }

  private void finish(String shardId) {
    merge(closed(shardId, null));
    graph.assigned(shardId);
    graph.finished(shardId, NOW);
  }

  private void merge(Shard... shards) {
    graph.merge(new Listing(List.of(shards), true), NOW);
  }

  private List<String> assignable() {
    return graph.assignable().stream().map(ShardNode::shardId).toList();
  }

  private static Shard open(String shardId, String parentShardId) {
    return new Shard(shardId, parentShardId, false);
  }

  private static Shard closed(String shardId, String parentShardId) {
    return new Shard(shardId, parentShardId, true);
  }
}
