package io.plotpalette.connector.streams;

import io.plotpalette.connector.failure.Backoff;
import io.plotpalette.connector.streams.proxy.StreamProxyProvider;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.core.io.InputStatus;

/**
 * Emits the records of its shards, tells the enumerator how far it is, and emits the watermark the
 * enumerator announces.
 */
final class DynamoDbStreamsReader<T>
    extends SingleThreadMultiplexSourceReaderBase<StreamRecord, T, StreamShardSplit, ShardState> {

  /** Not in any checkpoint yet. */
  private static final long NO_CHECKPOINT = -1;

  private final Clock clock;
  private final long boundMillis;
  private final long reportIntervalMillis;
  private final Map<String, ShardState> reading;

  /**
   * Shards read to their end. The enumerator's part of a checkpoint is older than ours: it may not
   * have heard of the end yet. So a finished shard stays in our state, and in our reports, until a
   * checkpoint completes that was begun after one that has it; otherwise its children could be
   * forgotten for ever (FLINK-37416).
   */
  private final Map<String, FinishedShard> finished = new HashMap<>();

  private long announcedWatermark = WatermarkLedger.NONE;
  private long emittedWatermark = WatermarkLedger.NONE;
  private long reportDueMillis;

  static <T> DynamoDbStreamsReader<T> create(
      SourceReaderContext context,
      StreamProxyProvider proxies,
      StreamRecordDeserializer<T> deserializer,
      Configuration options,
      Clock clock) {
    ReaderMetrics metrics =
        new ReaderMetrics(
            context.metricGroup().addGroup(options.get(StreamsSourceOptions.METRIC_GROUP)), clock);
    Backoff backoff =
        new Backoff(
            options.get(StreamsSourceOptions.BACKOFF_MIN),
            options.get(StreamsSourceOptions.BACKOFF_MAX),
            () -> ThreadLocalRandom.current().nextDouble());
    Map<String, ShardState> reading = new ConcurrentHashMap<>();
    Consumer<ShardPage> emitted =
        page -> reading.computeIfPresent(page.shardId(), (id, state) -> state.emitted(page));
    return new DynamoDbStreamsReader<>(
        () -> new ShardSplitReader(proxies.create(), options, clock, backoff, metrics, emitted),
        (record, output, state) -> {
          output.collect(deserializer.deserialize(record), record.createdMillis());
          state.emitted(record);
          metrics.recordRead();
        },
        reading,
        metrics,
        options,
        clock,
        context);
  }

  private DynamoDbStreamsReader(
      Supplier<SplitReader<StreamRecord, StreamShardSplit>> fetchers,
      RecordEmitter<StreamRecord, T, ShardState> emitter,
      Map<String, ShardState> reading,
      ReaderMetrics metrics,
      Configuration options,
      Clock clock,
      SourceReaderContext context) {
    super(fetchers, emitter, context.getConfiguration(), context);
    this.clock = clock;
    this.boundMillis = options.get(StreamsSourceOptions.WATERMARK_BOUND).toMillis();
    this.reportIntervalMillis = options.get(StreamsSourceOptions.WATERMARK_INTERVAL).toMillis();
    this.reading = reading;
    metrics.gauges(this::millisBehindLatest, reading::size);
  }

  private long millisBehindLatest() {
    long now = clock.millis();
    return reading.values().stream().mapToLong(state -> state.millisBehind(now)).max().orElse(0);
  }

  @Override
  public void start() {
    report();
  }

  @Override
  public void addSplits(List<StreamShardSplit> splits) {
    List<StreamShardSplit> open = new ArrayList<>();
    for (StreamShardSplit split : splits) {
      if (split.finished()) {
        finished.put(split.shardId(), new FinishedShard(split, NO_CHECKPOINT));
      } else {
        open.add(split);
      }
    }
    if (!open.isEmpty()) {
      super.addSplits(open);
    }
  }

  @Override
  protected ShardState initializedState(StreamShardSplit split) {
    ShardState state = new ShardState(split, boundMillis);
    reading.put(split.shardId(), state);
    return state;
  }

  @Override
  protected StreamShardSplit toSplitType(String shardId, ShardState state) {
    return state.toSplit(false);
  }

  @Override
  public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
    if (announcedWatermark > emittedWatermark) {
      emittedWatermark = announcedWatermark;
      output.emitWatermark(new Watermark(emittedWatermark));
    }
    InputStatus status = super.pollNext(output);
    if (!reading.isEmpty() && clock.millis() >= reportDueMillis) {
      report();
    }
    return status;
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    if (!(event instanceof WatermarkAnnouncement announcement)) {
      throw new IllegalArgumentException("Unknown event " + event);
    }
    announcedWatermark = Math.max(announcedWatermark, announcement.watermark());
    // An idle reader, above all one without shards, must be polled to emit it.
    splitFetcherManager.getQueue().notifyAvailable();
  }

  @Override
  protected void onSplitFinished(Map<String, ShardState> shards) {
    shards.forEach(
        (shardId, state) -> {
          reading.remove(shardId);
          finished.put(shardId, new FinishedShard(state.toSplit(true), NO_CHECKPOINT));
        });
    report();
  }

  @Override
  public List<StreamShardSplit> snapshotState(long checkpointId) {
    List<StreamShardSplit> splits = new ArrayList<>(super.snapshotState(checkpointId));
    finished.replaceAll((shardId, shard) -> shard.storedIn(checkpointId));
    finished.values().forEach(shard -> splits.add(shard.split()));
    return splits;
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    finished.values().removeIf(shard -> shard.storedBefore(checkpointId));
  }

  private void report() {
    List<ReaderReport.Progress> shards = new ArrayList<>();
    reading.forEach(
        (shardId, state) ->
            shards.add(new ReaderReport.Progress(shardId, state.watermark(), false)));
    finished.forEach(
        (shardId, shard) ->
            shards.add(new ReaderReport.Progress(shardId, shard.split().watermark(), true)));
    context.sendSourceEventToCoordinator(new ReaderReport(shards));
    reportDueMillis = clock.millis() + reportIntervalMillis;
  }

  /**
   * @param firstCheckpoint the first that has it, or {@link #NO_CHECKPOINT}
   */
  private record FinishedShard(StreamShardSplit split, long firstCheckpoint) {

    FinishedShard storedIn(long checkpointId) {
      return firstCheckpoint == NO_CHECKPOINT ? new FinishedShard(split, checkpointId) : this;
    }

    boolean storedBefore(long checkpointId) {
      return firstCheckpoint != NO_CHECKPOINT && firstCheckpoint < checkpointId;
    }
  }
}
