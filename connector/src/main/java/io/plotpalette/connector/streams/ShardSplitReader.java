package io.plotpalette.connector.streams;

import io.plotpalette.connector.failure.Backoff;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamFailure;
import io.plotpalette.connector.streams.proxy.StreamProxy;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls the shards of one reader in turn, the one due longest first, in the fetcher's thread. */
final class ShardSplitReader implements SplitReader<StreamRecord, StreamShardSplit> {
  private static final Logger LOG = LoggerFactory.getLogger(ShardSplitReader.class);
  private static final long NEVER = Long.MIN_VALUE;

  private final StreamProxy proxy;
  private final Clock clock;
  private final Backoff backoff;
  private final ReaderMetrics metrics;
  private final Consumer<ShardPage> emitted;
  private final long idleMillis;
  private final long tipAfterMillis;
  private final int maxRecords;
  private final boolean trimFailsJob;

  private final List<Cursor> cursors = new ArrayList<>();
  private final Object wakeUpLock = new Object();
  private boolean wokenUp;

  /** When this reader last had an answer, and since when it has gone on without a long pause. */
  private long lastAnswerMillis = NEVER;

  private long noStallSinceMillis = NEVER;

  ShardSplitReader(
      StreamProxy proxy,
      ReadableConfig options,
      Clock clock,
      Backoff backoff,
      ReaderMetrics metrics,
      Consumer<ShardPage> emitted) {
    this.proxy = proxy;
    this.clock = clock;
    this.backoff = backoff;
    this.metrics = metrics;
    this.emitted = emitted;
    this.idleMillis = options.get(StreamsSourceOptions.POLL_INTERVAL_IDLE).toMillis();
    this.tipAfterMillis = options.get(StreamsSourceOptions.TIP_AFTER).toMillis();
    this.maxRecords = options.get(StreamsSourceOptions.POLL_MAX_RECORDS);
    this.trimFailsJob = options.get(StreamsSourceOptions.TRIM_FAILS_JOB);
  }

  @Override
  public void handleSplitsChanges(SplitsChange<StreamShardSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException("Shards are only added: " + change);
    }
    change.splits().forEach(split -> cursors.add(new Cursor(split, clock.millis())));
  }

  @Override
  public RecordsWithSplitIds<StreamRecord> fetch() throws IOException {
    Cursor next =
        cursors.stream().min(Comparator.comparingLong(cursor -> cursor.dueMillis)).orElse(null);
    if (next == null || !sleptUntil(next.dueMillis)) {
      return ShardPage.nothing();
    }
    return poll(next);
  }

  /** False if woken up before. */
  private boolean sleptUntil(long dueMillis) throws IOException {
    synchronized (wakeUpLock) {
      for (long left = dueMillis - clock.millis();
          left > 0 && !wokenUp;
          left = dueMillis - clock.millis()) {
        try {
          wakeUpLock.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("Interrupted between two polls", e);
        }
      }
      boolean slept = !wokenUp;
      wokenUp = false;
      return slept;
    }
  }

  @Override
  public void wakeUp() {
    synchronized (wakeUpLock) {
      wokenUp = true;
      wakeUpLock.notifyAll();
    }
  }

  private ShardPage poll(Cursor cursor) throws IOException {
    try {
      return ask(cursor);
    } catch (StreamFailure.Trimmed e) {
      reanchor(cursor, e);
    } catch (StreamFailure.ExpiredIterator e) {
      LOG.debug("Iterator expired, opening a new one: shard={}", cursor.shardId, e);
      cursor.reopen(cursor.position, clock.millis());
    } catch (StreamFailure.Throttled e) {
      metrics.throttled();
      delay(cursor, e);
    } catch (StreamFailure.Unavailable e) {
      metrics.transientError();
      delay(cursor, e);
    } catch (StreamFailure e) {
      throw new IllegalStateException("A failure that was answered before", e);
    }
    return ShardPage.nothing();
  }

  private ShardPage ask(Cursor cursor) throws StreamFailure, IOException {
    try {
      if (cursor.iterator == null) {
        cursor.iterator = proxy.openIterator(cursor.streamArn, cursor.shardId, cursor.position);
      }
      long askedMillis = clock.millis();
      if (lastAnswerMillis == NEVER || askedMillis - lastAnswerMillis > tipAfterMillis) {
        noStallSinceMillis = askedMillis;
      }
      StreamProxy.Page page = proxy.read(cursor.iterator, maxRecords);
      lastAnswerMillis = clock.millis();
      metrics.answered();
      return received(cursor, page, askedMillis);
    } catch (StreamFailure.Gone e) {
      if (lastAnswerMillis == NEVER) {
        requireStream(cursor);
      }
      // Not read to its end, so what it still had is lost as if trimmed.
      lost("Shard is gone, taken as finished", cursor, e);
      return finished(cursor, List.of());
    }
  }

  /**
   * At a wrong endpoint every shard is unknown. Taken as finished, they would take the job's
   * positions with them at the next checkpoint.
   */
  private void requireStream(Cursor cursor) throws StreamFailure, IOException {
    try {
      proxy.describe(cursor.streamArn);
    } catch (StreamFailure.Gone e) {
      throw new IOException(StreamFailure.Gone.explain(cursor.streamArn), e);
    }
  }

  private void reanchor(Cursor cursor, StreamFailure.Trimmed failure) throws IOException {
    if (cursor.position.equals(ShardPosition.trimHorizon())) {
      // The horizon moved between opening and reading: what is left is still all that was asked
      // for. DynamoDB Local also answers so when a shard's first record comes in between.
      LOG.debug("Horizon moved, opening it anew: shard={}", cursor.shardId, failure);
    } else {
      lost("Position was trimmed, going on with the oldest record left", cursor, failure);
    }
    cursor.reopen(ShardPosition.trimHorizon(), clock.millis() + backoff.millis(1));
  }

  /** Counts and reports records that nobody will read any more, or fails the job if told so. */
  private void lost(String what, Cursor cursor, StreamFailure failure) throws IOException {
    metrics.trimmed();
    if (trimFailsJob) {
      throw new IOException(
          "Records of shard %s are lost: it cannot be read from %s; %s=false goes on without them"
              .formatted(
                  cursor.shardId, cursor.position, StreamsSourceOptions.TRIM_FAILS_JOB.key()),
          failure);
    }
    LOG.error(
        "Records are lost. {}: shard={} position={}",
        what,
        cursor.shardId,
        cursor.position,
        failure);
  }

  private ShardPage received(Cursor cursor, StreamProxy.Page page, long askedMillis) {
    List<StreamRecord> records = page.records();
    cursor.failures = 0;
    if (records.isEmpty()) {
      // After a stall of the reader one empty page is no more proof than the first one was. A long
      // round over many shards is no stall.
      if (cursor.emptySinceMillis < noStallSinceMillis) {
        cursor.emptySinceMillis = askedMillis;
      }
      cursor.dueMillis = clock.millis() + idleMillis;
    } else {
      cursor.emptySinceMillis = NEVER;
      cursor.position = ShardPosition.after(records.get(records.size() - 1).sequenceNumber());
      cursor.dueMillis = clock.millis();
    }
    if (page.endOfShard()) {
      return finished(cursor, records);
    }
    cursor.iterator = page.nextIterator();
    boolean atTip =
        cursor.emptySinceMillis != NEVER && askedMillis - cursor.emptySinceMillis >= tipAfterMillis;
    return new ShardPage(
        cursor.shardId, records, false, atTip ? askedMillis : ShardPage.NOT_AT_TIP, emitted);
  }

  private ShardPage finished(Cursor cursor, List<StreamRecord> records) {
    cursors.remove(cursor);
    return new ShardPage(cursor.shardId, records, true, ShardPage.NOT_AT_TIP, emitted);
  }

  private void delay(Cursor cursor, StreamFailure failure) {
    cursor.failures++;
    cursor.emptySinceMillis = NEVER;
    long wait = backoff.millis(cursor.failures);
    cursor.dueMillis = clock.millis() + wait;
    if (Backoff.isReported(cursor.failures)) {
      LOG.warn(
          "Shard could not be read, trying again: shard={} failures={} outageMillis={} waitMillis={}",
          cursor.shardId,
          cursor.failures,
          metrics.outageMillis(),
          wait,
          failure);
    }
  }

  @Override
  public void close() {
    proxy.close();
  }

  /** Where polling of a shard stands, ahead of what the task has emitted. */
  private static final class Cursor {
    final String streamArn;
    final String shardId;
    ShardPosition position;
    String iterator;
    long dueMillis;
    long emptySinceMillis = NEVER;
    int failures;

    Cursor(StreamShardSplit split, long dueMillis) {
      this.streamArn = split.streamArn();
      this.shardId = split.shardId();
      this.position = split.position();
      this.dueMillis = dueMillis;
    }

    void reopen(ShardPosition from, long atMillis) {
      position = from;
      iterator = null;
      emptySinceMillis = NEVER;
      dueMillis = atMillis;
    }
  }
}
