package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.plotpalette.connector.TestingClock;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamFailure;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DynamoDbStreamsEnumeratorTest {
  private static final long NOW = 1_000_000;

  private final TestingStreamsServer server = new TestingStreamsServer();
  private final Configuration options =
      new Configuration().set(StreamsSourceOptions.WATERMARK_BOUND, Duration.ofSeconds(1));
  private final TestingClock clock = new TestingClock(NOW);
  private TestingEnumeratorContext context = new TestingEnumeratorContext(2);
  private DynamoDbStreamsEnumerator enumerator = enumerator(empty());

  @AfterEach
  void closeServer() {
    enumerator.close();
    server.close();
  }

  @Test
  void spreadsShardsEvenlyOverAllReaders() {
    server.shard("a", null).shard("b", null).shard("c", null).shard("d", null);
    startWithReaders();

    context.runPeriodicCall();

    assertThat(context.assignedTo(0)).containsExactly("a", "c");
    assertThat(context.assignedTo(1)).containsExactly("b", "d");
    assertThat(context.assigned.get(0).get(0))
        .isEqualTo(
            new StreamShardSplit(
                TestingStreamsServer.ARN,
                "a",
                ShardPosition.trimHorizon(),
                WatermarkLedger.NONE,
                false));
  }

  @Test
  void waitsForTheReportOfEveryReader() {
    server.shard("a", null);
    enumerator.start();
    register(0);
    context.runPeriodicCall();
    assertThat(context.assigned).isEmpty();
    context.register(1);
    enumerator.addReader(1);
    context.runPeriodicCall();
    assertThat(context.assigned).isEmpty();

    report(1);

    assertThat(context.assignedTo(0)).containsExactly("a");
  }

  @Test
  void finishedShardReleasesItsChildToTheSameReaderWithoutWaitingForThePeriod() {
    server.shard("a", null).shard("b", null);
    startWithReaders();
    context.runPeriodicCall();
    server.end("b");
    server.shard("c", "b");

    report(1, finished("b", 700));
    context.runCalls();

    assertThat(context.assignedTo(1)).containsExactly("b", "c");
    assertThat(context.assigned.get(1).get(1).watermark()).isEqualTo(700);
  }

  @Test
  void shardsThatRollOverTogetherStayWithTheirReaders() {
    server.shard("x", null).shard("y", null).shard("z", null);
    startWithReaders();
    context.runPeriodicCall();
    assertThat(context.assignedTo(0)).containsExactly("x", "z");
    List.of("x", "y", "z").forEach(server::end);
    server.shard("x2", "x").shard("z2", "z");

    report(1, finished("y", 1));
    report(0, finished("x", 1), reading("z", 1));
    context.runCalls();
    report(0, finished("x", 1), finished("z", 1));
    server.shard("y2", "y");
    context.runPeriodicCall();

    assertThat(context.assignedTo(0)).containsExactly("x", "z", "x2", "z2");
    assertThat(context.assignedTo(1)).containsExactly("y", "y2");
  }

  @Test
  void childGoesToAnotherReaderWhenItsParentsHasMoreThanItsShare() {
    server.shard("a", null).shard("b", null);
    startWithReaders();
    context.runPeriodicCall();
    server.end("b");
    server.shard("c", "b").shard("d", "b").shard("e", "b");

    report(1, finished("b", 700));
    context.runCalls();

    assertThat(context.assignedTo(0)).hasSize(2);
    assertThat(context.assignedTo(1)).hasSize(3);
  }

  @Test
  void finishedReportsMayBeRepeated() {
    server.shard("a", null);
    startWithReaders();
    context.runPeriodicCall();
    server.shard("b", "a");
    server.end("a");
    report(0, finished("a", 700));
    context.runCalls();

    report(0, finished("a", 700), reading("b", 700));

    assertThat(context.runCalls()).isZero();
    assertThat(context.assignedTo(0)).containsExactly("a", "b");
    assertThat(context.assignedTo(1)).isEmpty();
  }

  @Test
  void splitsGivenBackGoOutAgainOnceTheReaderIsBack() {
    server.shard("a", null).shard("b", null);
    startWithReaders();
    context.runPeriodicCall();
    List<StreamShardSplit> lost = context.assigned.remove(1);

    fail(1, lost);
    context.runPeriodicCall();
    assertThat(context.assigned).doesNotContainKey(1);
    register(1);

    assertThat(context.assignedTo(1)).containsExactly("b");
    assertThat(context.assignedTo(0)).containsExactly("a");
  }

  @Test
  void childWaitsAgainWhenItsParentsReaderWentBackBehindTheEndOfTheParent() {
    server.shard("a", null);
    startWithReaders();
    context.runPeriodicCall();
    server.shard("b", "a");
    server.end("a");
    report(0, finished("a", 700));
    context.runCalls();
    List<StreamShardSplit> child = context.assigned.get(0).subList(1, 2);

    fail(0, List.copyOf(child));
    fail(1, List.of());
    context.assigned.clear();
    register(1);
    register(0, reading("a", 400));
    assertThat(context.assigned).isEmpty();
    report(0, finished("a", 700));

    assertThat(context.assignedTo(0)).containsExactly("b");
  }

  @Test
  void announcesTheLeastWatermarkToAllReadersAndNeverTwice() {
    server.shard("a", null).shard("b", null);
    startWithReaders();
    context.runPeriodicCall();

    report(0, reading("a", 500));
    assertThat(context.announced).isEmpty();
    report(1, reading("b", 300));
    report(1, reading("b", 300));
    report(1, reading("b", 900));

    assertThat(context.announced).isEqualTo(Map.of(0, List.of(300L, 500L), 1, List.of(300L, 500L)));
  }

  @Test
  void holdsTheWatermarkUntilAReaderThatWentBackHasReported() {
    server.shard("a", null).shard("b", null);
    startWithReaders();
    context.runPeriodicCall();
    report(0, reading("a", 500));
    report(1, reading("b", 500));
    context.announced.clear();

    fail(1, List.of());
    report(0, reading("a", 900));
    assertThat(context.announced).isEmpty();
    register(1, reading("b", 200));

    assertThat(context.announced).isEqualTo(Map.of(0, List.of(200L), 1, List.of(200L)));
  }

  @Test
  void repeatsTheWatermarkForAReaderThatIsNew() {
    server.shard("a", null);
    startWithReaders();
    context.runPeriodicCall();
    report(0, reading("a", 500));
    context.announced.clear();

    fail(1, List.of());
    register(1);

    assertThat(context.announced.get(1)).containsExactly(500L);
  }

  @Test
  void watermarkWaitsForAFinishedShardsChildAndFollowsTheClockWithoutAStream() {
    server.shard("a", null);
    startWithReaders();
    context.runPeriodicCall();
    server.end("a");
    report(0, finished("a", 500));
    context.runCalls();
    assertThat(context.announced.get(0)).containsExactly(500L);

    server.disable();
    context.runPeriodicCall();

    assertThat(context.announced.get(0)).containsExactly(500L, NOW - 1_001);
  }

  @Test
  void finishedShardWithoutAChildHoldsTheWatermarkForAWhileOnly() {
    server.shard("a", null).shard("b", null);
    startWithReaders();
    context.runPeriodicCall();
    server.end("a");
    report(0, finished("a", 500));
    report(1, reading("b", 900));
    context.runCalls();
    assertThat(context.announced.get(0)).containsExactly(500L);

    clock.advance(StreamsSourceOptions.SHARD_LEAF_AFTER.defaultValue().toMillis());
    report(1, reading("b", 900));
    assertThat(context.announced.get(0)).containsExactly(500L);
    context.runPeriodicCall();

    assertThat(context.announced.get(0)).containsExactly(500L, 900L);
  }

  @Test
  void restoredJobFailsWhenItsStreamIsUnknown() {
    server.shard("a", null);
    startWithReaders();
    context.runPeriodicCall();
    StreamEnumeratorState state = enumerator.snapshotState(1);
    context = new TestingEnumeratorContext(2);
    enumerator = enumerator(state);
    server.dropStream();
    startWithReaders();

    assertThatThrownBy(context::runPeriodicCall)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(TestingStreamsServer.ARN)
        .hasMessageContaining("Are region and endpoint right?");
  }

  @Test
  void outageOfTheListingIsMeasured() {
    server.shard("a", null);
    startWithReaders();
    server.failNextListing(new StreamFailure.Unavailable("refused", null));
    context.runPeriodicCall();
    clock.advance(7_000);
    assertThat(context.metrics.gauge("kinesisanalytics.outageMillis")).isEqualTo(7_000);

    context.runPeriodicCall();

    assertThat(context.metrics.gauge("kinesisanalytics.outageMillis")).isZero();
  }

  @Test
  void listingThatFailsForAWhileIsAskedForAgain() {
    server.shard("a", null);
    startWithReaders();
    server.failNextListing(new StreamFailure.Throttled("slow down", null));
    server.failNextListing(new StreamFailure.Unavailable("500", null));

    context.runPeriodicCall();
    context.runPeriodicCall();
    assertThat(context.metrics.count("kinesisanalytics.transientErrors")).isEqualTo(2);
    context.runPeriodicCall();

    assertThat(context.assignedTo(0)).containsExactly("a");
  }

  @Test
  void streamThatIsGoneAtTheStartFailsTheJob() {
    startWithReaders();
    server.failNextListing(new StreamFailure.Gone("no such stream", null));

    assertThatThrownBy(context::runPeriodicCall)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("table things");
  }

  @Test
  void streamThatGoesLaterLetsTheWatermarkGo() {
    server.shard("a", null);
    startWithReaders();
    context.runPeriodicCall();
    report(0, finished("a", 500));
    context.runCalls();
    server.failNextListing(new StreamFailure.Gone("no such stream", null));

    context.runPeriodicCall();

    assertThat(context.announced.get(0)).endsWith(NOW - 1_001);
  }

  @Test
  void restoredEnumeratorNeitherForgetsNorRepeatsAShard() {
    server.shard("a", null).shard("b", null);
    startWithReaders();
    context.runPeriodicCall();
    report(0, reading("a", 500));
    report(1, reading("b", 600));
    server.shard("c", "a");
    server.end("a");
    context.runPeriodicCall();

    StreamEnumeratorState state = enumerator.snapshotState(1);
    context = new TestingEnumeratorContext(3);
    enumerator = enumerator(state);
    enumerator.start();
    context.runPeriodicCall();
    register(0, reading("b", 650));
    register(1);
    assertThat(context.assigned).isEmpty();
    register(2, finished("a", 550));

    assertThat(context.assigned.keySet()).hasSize(1);
    assertThat(context.assigned.values().iterator().next().get(0))
        .isEqualTo(
            new StreamShardSplit(
                TestingStreamsServer.ARN, "c", ShardPosition.trimHorizon(), 550, false));
    assertThat(context.announced.get(1)).containsExactly(550L);
  }

  @Test
  void latestBeginsAtTheEndOfOpenShards() {
    options.set(StreamsSourceOptions.START_POSITION, StartPosition.LATEST);
    enumerator = enumerator(empty());
    server.shard("a", null).shard("b", "a");
    server.end("a");
    startWithReaders();

    context.runPeriodicCall();

    assertThat(context.assigned.get(0))
        .extracting(StreamShardSplit::shardId, StreamShardSplit::position)
        .containsExactly(tuple("b", ShardPosition.latest()));
  }

  private void startWithReaders() {
    enumerator.start();
    register(0);
    register(1);
  }

  private void register(int subtask, ReaderReport.Progress... shards) {
    context.register(subtask);
    enumerator.addReader(subtask);
    report(subtask, shards);
  }

  private void report(int subtask, ReaderReport.Progress... shards) {
    enumerator.handleSourceEvent(subtask, new ReaderReport(Arrays.asList(shards)));
  }

  /** In the order of Flink's coordinator: unregistered first, then taken back. */
  private void fail(int subtask, List<StreamShardSplit> splitsSinceCheckpoint) {
    context.readers.remove(subtask);
    enumerator.addSplitsBack(splitsSinceCheckpoint, subtask);
  }

  private static ReaderReport.Progress reading(String shardId, long watermark) {
    return new ReaderReport.Progress(shardId, watermark, false);
  }

  private static ReaderReport.Progress finished(String shardId, long watermark) {
    return new ReaderReport.Progress(shardId, watermark, true);
  }

  private DynamoDbStreamsEnumerator enumerator(StreamEnumeratorState state) {
    return new DynamoDbStreamsEnumerator(
        context, TestingStreamsServer.TABLE, server.connect(), options, clock, state);
  }

  private static StreamEnumeratorState empty() {
    return new StreamEnumeratorState(null, false, List.of(), Map.of(), WatermarkLedger.NONE);
  }
}
