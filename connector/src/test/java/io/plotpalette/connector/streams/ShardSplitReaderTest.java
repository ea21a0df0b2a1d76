package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plotpalette.connector.TestingClock;
import io.plotpalette.connector.TestingMetricGroup;
import io.plotpalette.connector.failure.Backoff;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamFailure;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardSplitReaderTest {
  private static final long NOW = 1_000_000;
  private static final long IDLE = 250;
  private static final long BACKOFF = 200;

  private final TestingStreamsServer server = new TestingStreamsServer().shard("a", null);
  private final TestingClock clock = new TestingClock(NOW);
  private final TestingMetricGroup metrics = new TestingMetricGroup();
  private final Configuration options =
      new Configuration()
          .set(StreamsSourceOptions.POLL_MAX_RECORDS, 2)
          .set(StreamsSourceOptions.POLL_INTERVAL_IDLE, Duration.ofMillis(IDLE))
          .set(StreamsSourceOptions.TIP_AFTER, Duration.ofMillis(2 * IDLE));
  private ShardSplitReader reader = reader();

  @AfterEach
  void closeServer() {
    reader.close();
    assertThat(server.openProxies()).isZero();
    server.close();
  }

  @Test
  void readsPageAfterPageToTheEndOfTheShard() throws Exception {
    put("a", 3);
    server.end("a");
    add("a", ShardPosition.trimHorizon());

    assertThat(values(fetch())).containsExactly("1", "2");
    RecordsWithSplitIds<StreamRecord> last = reader.fetch();

    assertThat(last.finishedSplits()).containsExactly("a");
    assertThat(values((ShardPage) last)).containsExactly("3");
  }

  @Test
  void goesOnBehindTheCheckpointedRecord() throws Exception {
    List<String> sequences = put("a", 2);
    add("a", ShardPosition.after(sequences.get(0)));

    assertThat(values(fetch())).containsExactly("2");
  }

  @Test
  void busyShardDoesNotStarveTheOthers() throws Exception {
    server.shard("b", null);
    put("a", 100);
    put("b", 1);
    add("a", ShardPosition.trimHorizon());
    add("b", ShardPosition.trimHorizon());

    List<String> polled = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      polled.add(fetch().shardId());
      clock.advance(1);
    }

    assertThat(polled).containsSubsequence("a", "b", "a");
  }

  @Test
  void isAtTheTipAfterSustainedEmptyPagesOnly() throws Exception {
    put("a", 1);
    add("a", ShardPosition.trimHorizon());

    assertThat(fetch().tipMillis()).isEqualTo(ShardPage.NOT_AT_TIP);
    assertThat(fetch().tipMillis()).isEqualTo(ShardPage.NOT_AT_TIP);
    clock.advance(IDLE);
    assertThat(fetch().tipMillis()).isEqualTo(ShardPage.NOT_AT_TIP);
    clock.advance(IDLE);
    assertThat(fetch().tipMillis()).isEqualTo(NOW + 2 * IDLE);
  }

  @Test
  void recordLeavesTheTip() throws Exception {
    add("a", ShardPosition.trimHorizon());
    reachTip();
    put("a", 1);

    clock.advance(IDLE);

    assertThat(fetch().tipMillis()).isEqualTo(ShardPage.NOT_AT_TIP);
    assertThat(fetch().tipMillis()).isEqualTo(ShardPage.NOT_AT_TIP);
  }

  @Test
  void oneEmptyPageAfterALongStallIsNotTheTip() throws Exception {
    add("a", ShardPosition.trimHorizon());
    reachTip();

    clock.advance(Duration.ofMinutes(10).toMillis());

    assertThat(fetch().tipMillis()).isEqualTo(ShardPage.NOT_AT_TIP);
  }

  @Test
  void slowRoundOverManyShardsIsNoStall() throws Exception {
    // Each shard is asked once in four times tip.after, but the reader never pauses.
    add("a", ShardPosition.trimHorizon());
    add("b", ShardPosition.trimHorizon());
    long tip = ShardPage.NOT_AT_TIP;
    for (int i = 0; i < 6; i++) {
      tip = fetch().tipMillis();
      clock.advance(2 * IDLE);
    }

    assertThat(tip).isNotEqualTo(ShardPage.NOT_AT_TIP);
  }

  @Test
  void vanishedShardFailsTheJobIfToldSo() {
    options.set(StreamsSourceOptions.TRIM_FAILS_JOB, true);
    reader.close();
    reader = reader();
    add("a", ShardPosition.trimHorizon());
    server.drop("a");

    assertThatThrownBy(reader::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("trim.fails-job");
  }

  @Test
  void trimmedPositionGoesOnWithTheOldestRecordLeft() throws Exception {
    List<String> sequences = put("a", 3);
    server.trim("a", 2);
    add("a", ShardPosition.after(sequences.get(0)));

    reader.fetch();
    clock.advance(BACKOFF);

    assertThat(values(fetch())).containsExactly("3");
    assertThat(metrics.count("trims")).isEqualTo(1);
  }

  @Test
  void horizonThatMovesBeforeTheFirstRecordIsNoLoss() throws Exception {
    add("a", ShardPosition.trimHorizon());
    reader.fetch();
    put("a", 3);
    server.trim("a", 2);
    clock.advance(IDLE);

    reader.fetch();
    clock.advance(BACKOFF);

    assertThat(values(fetch())).containsExactly("3");
    assertThat(metrics.count("trims")).isZero();
  }

  @Test
  void trimmedPositionFailsTheJobIfToldSo() {
    options.set(StreamsSourceOptions.TRIM_FAILS_JOB, true);
    reader.close();
    reader = reader();
    List<String> sequences = put("a", 3);
    server.trim("a", 2);
    add("a", ShardPosition.after(sequences.get(0)));

    assertThatThrownBy(reader::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("trim.fails-job");
  }

  @Test
  void vanishedShardIsFinishedAndCountedAsLost() throws Exception {
    add("a", ShardPosition.trimHorizon());
    server.drop("a");

    assertThat(reader.fetch().finishedSplits()).containsExactly("a");
    assertThat(metrics.count("trims")).isEqualTo(1);
  }

  @Test
  void shardIsNotTakenAsFinishedWhereItsStreamIsUnknown() {
    add("a", ShardPosition.trimHorizon());
    server.dropStream();

    assertThatThrownBy(reader::fetch)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Are region and endpoint right?");
    assertThat(metrics.count("trims")).isZero();
  }

  @Test
  void shardOfAStreamThatGoesWhileItIsReadIsFinished() throws Exception {
    add("a", ShardPosition.trimHorizon());
    reader.fetch();
    server.dropStream();
    clock.advance(IDLE);

    assertThat(reader.fetch().finishedSplits()).containsExactly("a");
    assertThat(metrics.count("trims")).isEqualTo(1);
  }

  @Test
  void emptyPagesInTheMiddleAreNoEnd() throws Exception {
    put("a", 3);
    add("a", ShardPosition.trimHorizon());
    assertThat(values(fetch())).containsExactly("1", "2");
    server.emptyPages("a", 2);

    assertThat(fetch().empty()).isTrue();
    clock.advance(IDLE);
    assertThat(fetch().empty()).isTrue();
    clock.advance(IDLE);

    assertThat(values(fetch())).containsExactly("3");
  }

  @Test
  void outageIsMeasuredFromItsFirstFailureToTheNextAnswer() throws Exception {
    add("a", ShardPosition.trimHorizon());
    server.failNextRead("a", new StreamFailure.Unavailable("refused", null));
    server.failNextRead("a", new StreamFailure.Unavailable("refused", null));
    reader.fetch();
    clock.advance(BACKOFF);
    reader.fetch();
    clock.advance(2 * BACKOFF);
    assertThat(metrics.gauge("outageMillis")).isEqualTo(3 * BACKOFF);

    reader.fetch();

    assertThat(metrics.gauge("outageMillis")).isZero();
  }

  @Test
  void expiredIteratorIsReplacedBehindTheLastRecord() throws Exception {
    List<String> sequences = put("a", 3);
    add("a", ShardPosition.trimHorizon());
    assertThat(values(fetch())).containsExactly("1", "2");
    server.failNextRead("a", new StreamFailure.ExpiredIterator("too old", null));

    reader.fetch();

    assertThat(values(fetch())).containsExactly("3");
    assertThat(server.iteratorsOpened())
        .containsExactly("a TRIM_HORIZON null", "a AFTER_SEQUENCE_NUMBER " + sequences.get(1));
  }

  @Test
  void throttledShardWaitsLongerEachTimeAndTheOthersAreReadMeanwhile() throws Exception {
    server.shard("b", null);
    put("a", 1);
    add("a", ShardPosition.trimHorizon());
    server.failNextRead("a", new StreamFailure.Throttled("slow down", null));
    server.failNextRead("a", new StreamFailure.Throttled("slow down", null));
    reader.fetch();
    add("b", ShardPosition.trimHorizon());

    assertThat(fetch().shardId()).isEqualTo("b");
    clock.advance(BACKOFF);
    reader.fetch();
    clock.advance(2 * BACKOFF - 1);
    assertThat(fetch().shardId()).isEqualTo("b");
    clock.advance(1);
    assertThat(values(fetch())).containsExactly("1");

    assertThat(metrics.count("throttles")).isEqualTo(2);
  }

  @Test
  void troubleOfTheServiceIsCountedAndOutwaited() throws Exception {
    put("a", 1);
    add("a", ShardPosition.trimHorizon());
    server.failNextRead("a", new StreamFailure.Unavailable("503", null));

    reader.fetch();
    clock.advance(BACKOFF);

    assertThat(values(fetch())).containsExactly("1");
    assertThat(metrics.count("transientErrors")).isEqualTo(1);
  }

  @Test
  void sleepingReaderWakesUpAtOnce() throws Exception {
    add("a", ShardPosition.trimHorizon());
    reader.fetch();
    CompletableFuture<RecordsWithSplitIds<StreamRecord>> sleeping = new CompletableFuture<>();
    Thread fetcher =
        new Thread(
            () -> {
              try {
                sleeping.complete(reader.fetch());
              } catch (IOException e) {
                sleeping.completeExceptionally(e);
              }
            });
    fetcher.start();
    await().until(() -> fetcher.getState() == Thread.State.TIMED_WAITING);

    reader.wakeUp();

    // The hand-set clock does not move: without the wake-up the reader sleeps for ever.
    assertThat(sleeping).succeedsWithin(Duration.ofSeconds(5));
  }

  private void reachTip() throws IOException {
    fetch();
    clock.advance(IDLE);
    fetch();
    clock.advance(IDLE);
    assertThat(fetch().tipMillis()).isNotEqualTo(ShardPage.NOT_AT_TIP);
  }

  private ShardPage fetch() throws IOException {
    return (ShardPage) reader.fetch();
  }

  private void add(String shardId, ShardPosition position) {
    reader.handleSplitsChanges(
        new SplitsAddition<>(
            List.of(
                new StreamShardSplit(
                    TestingStreamsServer.ARN, shardId, position, WatermarkLedger.NONE, false))));
  }

  private List<String> put(String shardId, int count) {
    String[] sequences = new String[count];
    Arrays.setAll(sequences, i -> server.put(shardId, "k", i + 1, NOW));
    return List.of(sequences);
  }

  private static List<String> values(ShardPage page) {
    List<String> values = new ArrayList<>();
    if (page.nextSplit() != null) {
      for (StreamRecord next = page.nextRecordFromSplit();
          next != null;
          next = page.nextRecordFromSplit()) {
        values.add((String) next.newImage().get("value").value());
      }
    }
    return values;
  }

  private ShardSplitReader reader() {
    return new ShardSplitReader(
        server.connect(),
        options,
        clock,
        new Backoff(Duration.ofMillis(BACKOFF), Duration.ofSeconds(5), () -> 1),
        new ReaderMetrics(metrics, clock),
        page -> {});
  }
}
