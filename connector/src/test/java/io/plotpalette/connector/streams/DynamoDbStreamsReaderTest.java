package io.plotpalette.connector.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.TestingClock;
import io.plotpalette.connector.TestingMetricGroup;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DynamoDbStreamsReaderTest {
  private static final long NOW = 1_000_000;
  private static final long BOUND = 1_000;

  private final TestingStreamsServer server = new TestingStreamsServer().shard("a", null);
  private final TestingClock clock = new TestingClock(NOW);
  private final TestingReaderContext context = new TestingReaderContext();
  private final TestingOutput output = new TestingOutput();
  private final Configuration options =
      new Configuration()
          .set(StreamsSourceOptions.WATERMARK_BOUND, Duration.ofMillis(BOUND))
          .set(StreamsSourceOptions.POLL_INTERVAL_IDLE, Duration.ofMillis(10))
          .set(StreamsSourceOptions.TIP_AFTER, Duration.ofMillis(20));
  private DynamoDbStreamsReader<String> reader;

  @BeforeEach
  void createReader() {
    reader = newReader();
  }

  @AfterEach
  void closeReader() throws Exception {
    reader.close();
    assertThat(server.openProxies()).isZero();
    server.close();
  }

  @Test
  void emitsRecordsWithTheStreamsTimeAndKeepsThePosition() throws Exception {
    server.put("a", "k", 1, NOW - 9_000);
    String sequence = server.put("a", "k", 2, NOW - 8_000);
    reader.addSplits(List.of(split("a")));

    pollUntil(() -> output.records.size() == 2);

    assertThat(output.records).containsExactly("k:1 @ " + (NOW - 9_000), "k:2 @ " + (NOW - 8_000));
    assertThat(reader.snapshotState(1))
        .containsExactly(
            new StreamShardSplit(
                TestingStreamsServer.ARN,
                "a",
                ShardPosition.after(sequence),
                NOW - 8_000 - BOUND - 1,
                false));
  }

  @Test
  void reportsWhatItHasWhenItStarts() {
    reader.addSplits(List.of(split("a")));

    reader.start();

    assertThat(context.reports)
        .containsExactly(
            new ReaderReport(List.of(new ReaderReport.Progress("a", WatermarkLedger.NONE, false))));
  }

  @Test
  void reportsProgressOfEmittedRecordsOnlyAndNotTooOften() throws Exception {
    server.put("a", "k", 1, NOW);
    server.put("a", "k", 2, NOW + 5_000);
    reader.addSplits(List.of(split("a")));
    reader.start();

    pollUntil(() -> output.records.size() == 1);
    clock.advance(StreamsSourceOptions.WATERMARK_INTERVAL.defaultValue().toMillis() - 1);
    assertThat(context.reports).hasSize(1);
    assertThat(reader.snapshotState(1).get(0).watermark()).isEqualTo(NOW - BOUND - 1);

    pollUntil(() -> output.records.size() == 2);
    clock.advance(1);
    pollUntil(() -> context.reports.size() == 2);

    assertThat(context.lastReport())
        .containsExactly(new ReaderReport.Progress("a", NOW + 5_000 - BOUND - 1, false));
  }

  @Test
  void followsTheClockAtTheTip() throws Exception {
    reader.addSplits(List.of(split("a")));

    pollUntil(
        () -> {
          clock.advance(10);
          return reader.snapshotState(1).get(0).watermark() > NOW - BOUND;
        });

    assertThat(context.metrics.gauge("kinesisanalytics.millisBehindLatest")).isZero();
  }

  /**
   * The rule of FLINK-37416. The coordinator's part of checkpoint 1 may not know the end of the
   * shard, that of checkpoint 2 does: so 1 must hold the shard, 2 holds it because 1 may fail, and
   * only what begins after 2 is complete may be without it.
   */
  @Test
  void finishedShardStaysInTheStateUntilALaterCheckpointIsComplete() throws Exception {
    server.put("a", "k", 1, NOW);
    server.end("a");
    reader.addSplits(List.of(split("a")));
    pollUntil(() -> !context.reports.isEmpty() && context.lastReport().get(0).finished());

    assertThat(reader.snapshotState(1)).singleElement().matches(StreamShardSplit::finished);
    reader.notifyCheckpointComplete(1);
    assertThat(reader.snapshotState(2)).singleElement().matches(StreamShardSplit::finished);
    reader.notifyCheckpointComplete(2);
    assertThat(reader.snapshotState(3)).isEmpty();
  }

  @Test
  void restoredFinishedShardIsReportedAgainAndNotReadAgain() throws Exception {
    server.put("a", "k", 1, NOW);
    server.end("a");
    reader.addSplits(List.of(split("a")));
    pollUntil(() -> !context.reports.isEmpty() && context.lastReport().get(0).finished());
    List<StreamShardSplit> checkpoint = reader.snapshotState(1);
    reader.close();
    output.records.clear();
    context.reports.clear();

    reader = newReader();
    reader.addSplits(checkpoint);
    reader.start();
    reader.pollNext(output);

    assertThat(context.reports)
        .containsExactly(
            new ReaderReport(List.of(new ReaderReport.Progress("a", NOW - BOUND - 1, true))));
    assertThat(output.records).isEmpty();
    assertThat(reader.snapshotState(2)).isEqualTo(checkpoint);
  }

  @Test
  void idleReaderWithoutShardsEmitsTheAnnouncedWatermark() throws Exception {
    reader.pollNext(output);
    var available = reader.isAvailable();
    assertThat(available).isNotDone();

    reader.handleSourceEvents(new WatermarkAnnouncement(77));
    assertThat(available).isDone();
    reader.pollNext(output);
    reader.handleSourceEvents(new WatermarkAnnouncement(76));
    reader.pollNext(output);

    assertThat(output.watermarks).containsExactly(77L);
  }

  @Test
  void countsWhatItReads() throws Exception {
    server.put("a", "k", 1, NOW - 4_000);
    reader.addSplits(List.of(split("a")));

    pollUntil(() -> output.records.size() == 1);

    assertThat(context.metrics.count("kinesisanalytics.recordsRead")).isEqualTo(1);
    assertThat(context.metrics.gauge("kinesisanalytics.openShards")).isEqualTo(1);
    assertThat(context.metrics.gauge("kinesisanalytics.millisBehindLatest")).isEqualTo(4_000);
  }

  private void pollUntil(Callable<Boolean> condition) {
    Awaitility.await()
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              if (condition.call()) {
                return true;
              }
              reader.pollNext(output);
              return condition.call();
            });
  }

  private static StreamShardSplit split(String shardId) {
    return new StreamShardSplit(
        TestingStreamsServer.ARN,
        shardId,
        ShardPosition.trimHorizon(),
        WatermarkLedger.NONE,
        false);
  }

  private DynamoDbStreamsReader<String> newReader() {
    return DynamoDbStreamsReader.create(
        context, server.provider(), new KeyAndValue(), options, clock);
  }

  /** Keeps what the reader sends. */
  private static final class TestingReaderContext implements SourceReaderContext {
    final TestingMetricGroup metrics = new TestingMetricGroup();
    final List<ReaderReport> reports = new ArrayList<>();

    List<ReaderReport.Progress> lastReport() {
      return reports.get(reports.size() - 1).shards();
    }

    @Override
    public SourceReaderMetricGroup metricGroup() {
      return metrics;
    }

    @Override
    public Configuration getConfiguration() {
      return new Configuration();
    }

    @Override
    public String getLocalHostName() {
      return "here";
    }

    @Override
    public int getIndexOfSubtask() {
      return 0;
    }

    @Override
    public void sendSplitRequest() {
      throw new AssertionError("Shards are assigned without being asked for");
    }

    @Override
    public void sendSourceEventToCoordinator(SourceEvent event) {
      reports.add((ReaderReport) event);
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      throw new UnsupportedOperationException("Not asked for");
    }
  }

  /** Keeps what the reader emits. */
  private static final class TestingOutput implements ReaderOutput<String> {
    final List<String> records = new ArrayList<>();
    final List<Long> watermarks = new ArrayList<>();

    @Override
    public void collect(String record) {
      throw new AssertionError("Without a time: " + record);
    }

    @Override
    public void collect(String record, long timestamp) {
      records.add(record + " @ " + timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {
      throw new AssertionError("Idleness is not needed");
    }

    @Override
    public void markActive() {
      throw new AssertionError("Idleness is not needed");
    }

    @Override
    public SourceOutput<String> createOutputForSplit(String splitId) {
      return this;
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
      assertThat(splitId).isNotNull();
    }
  }
}
