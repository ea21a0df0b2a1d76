package io.plotpalette.connector.streams;

import io.plotpalette.connector.failure.Backoff;
import io.plotpalette.connector.failure.OutageMeter;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamFailure;
import io.plotpalette.connector.streams.proxy.StreamProxy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the shards, hands them to readers parent before child, and judges the watermark.
 *
 * <p>When tasks restart, Flink takes readers back to a checkpoint but leaves the enumerator as it
 * is. So the readers have the last word on what they hold: nothing is assigned and no watermark is
 * announced until every reader has reported since it registered.
 */
final class DynamoDbStreamsEnumerator
    implements SplitEnumerator<StreamShardSplit, StreamEnumeratorState> {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbStreamsEnumerator.class);

  private final SplitEnumeratorContext<StreamShardSplit> context;
  private final String table;
  private final StreamProxy proxy;
  private final ReadableConfig options;
  private final Clock clock;
  private final ShardGraph graph;
  private final WatermarkLedger ledger;
  private final Counter transientErrors;
  private final OutageMeter outage;

  /** The reader that has, or has finished, a shard. */
  private final Map<String, Integer> owners = new HashMap<>();

  private final Set<Integer> reported = new HashSet<>();

  /** Written in the coordinator's thread, read in the worker's. */
  private volatile String streamArn;

  private boolean ended;

  /** Whether there was a listing since the start or restore: the stream was there then. */
  private boolean listed;

  /** Listings in a row that failed. */
  private int failures;

  private boolean discovering;
  private long announced = WatermarkLedger.NONE;

  DynamoDbStreamsEnumerator(
      SplitEnumeratorContext<StreamShardSplit> context,
      String table,
      StreamProxy proxy,
      ReadableConfig options,
      Clock clock,
      StreamEnumeratorState state) {
    this.context = context;
    this.table = table;
    this.proxy = proxy;
    this.options = options;
    this.clock = clock;
    this.streamArn = state.streamArn();
    this.graph =
        ShardGraph.restore(
            options.get(StreamsSourceOptions.START_POSITION), state.shards(), state.listed());
    this.ledger =
        new WatermarkLedger(
            options.get(StreamsSourceOptions.WATERMARK_BOUND).toMillis(),
            options.get(StreamsSourceOptions.SHARD_LEAF_AFTER).toMillis(),
            state.shardWatermarks(),
            state.watermark());
    MetricGroup metrics =
        context.metricGroup().addGroup(options.get(StreamsSourceOptions.METRIC_GROUP));
    this.transientErrors = metrics.counter(ReaderMetrics.TRANSIENT_ERRORS);
    this.outage = new OutageMeter(clock);
    metrics.gauge(OutageMeter.METRIC, (Gauge<Long>) outage::millis);
  }

  @Override
  public void start() {
    context.callAsync(
        this::discover,
        this::discovered,
        0,
        options.get(StreamsSourceOptions.SHARD_DISCOVERY_INTERVAL).toMillis());
  }

  private Discovery discover() throws StreamFailure {
    long askedMillis = clock.millis();
    String arn = streamArn == null ? proxy.latestStreamArn(table) : streamArn;
    return new Discovery(arn, proxy.describe(arn), askedMillis);
  }

  private void discovered(Discovery discovery, Throwable failure) {
    if (failure == null) {
      streamArn = discovery.streamArn();
      graph.merge(discovery.listing(), discovery.askedMillis());
      owners.keySet().retainAll(graph.ids());
      ended = !discovery.listing().enabled();
      listed = true;
      failures = 0;
      outage.succeeded();
    } else if (failure instanceof StreamFailure.Throttled
        || failure instanceof StreamFailure.Unavailable) {
      transientErrors.inc();
      outage.failed();
      failures++;
      if (Backoff.isReported(failures)) {
        LOG.warn(
            "Shards could not be listed, asking again later: table={} stream={} failures={} outageMillis={}",
            table,
            streamArn,
            failures,
            outage.millis(),
            failure);
      }
    } else if (failure instanceof StreamFailure.Gone && listed) {
      if (!ended) {
        LOG.error("The stream is gone, no more shards will come: stream={}", streamArn, failure);
      }
      ended = true;
    } else if (failure instanceof StreamFailure.Gone && streamArn != null) {
      throw new IllegalStateException(StreamFailure.Gone.explain(streamArn), failure);
    } else {
      throw new IllegalStateException(
          "Shards of " + (streamArn == null ? "table " + table : streamArn) + " cannot be listed",
          failure);
    }
    assign();
    announce();
  }

  private void discoverNow() {
    if (!discovering) {
      discovering = true;
      context.callAsync(
          this::discover,
          (discovery, failure) -> {
            discovering = false;
            discovered(discovery, failure);
          });
    }
  }

  @Override
  public void addReader(int subtask) {
    // Its first report follows; until then what is known of its shards may be of an older attempt.
    reported.remove(subtask);
    announced = WatermarkLedger.NONE;
  }

  @Override
  public void addSplitsBack(List<StreamShardSplit> splits, int subtask) {
    // Called whenever a reader goes back to a checkpoint, also with no splits to give back.
    reported.remove(subtask);
    owners.values().removeIf(owner -> owner == subtask);
    ledger.rewind();
    for (StreamShardSplit split : splits) {
      graph.returned(split.shardId());
      ledger.report(split.shardId(), split.watermark());
    }
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    if (!(event instanceof ReaderReport report)) {
      throw new IllegalArgumentException("Unknown event " + event);
    }
    boolean newlyFinished = false;
    for (ReaderReport.Progress shard : report.shards()) {
      ledger.report(shard.shardId(), shard.watermark());
      owners.put(shard.shardId(), subtask);
      if (shard.finished()) {
        newlyFinished |= graph.finished(shard.shardId(), clock.millis());
      } else {
        graph.assigned(shard.shardId());
      }
    }
    reported.add(subtask);
    if (newlyFinished) {
      discoverNow();
    }
    assign();
    announce();
  }

  private boolean allReadersReported() {
    int parallelism = context.currentParallelism();
    return reported.size() == parallelism && context.registeredReaders().size() == parallelism;
  }

  private void assign() {
    if (!allReadersReported()) {
      return;
    }
    Set<String> continued = new HashSet<>();
    for (ShardNode shard : graph.nodes()) {
      if (shard.status() != ShardNode.Status.UNASSIGNED) {
        continued.add(shard.parentShardId());
      }
    }
    // A finished shard counts until its child takes its place: shards tend to roll over together.
    int[] load = new int[context.currentParallelism()];
    owners.forEach(
        (shardId, subtask) -> {
          if (!continued.contains(shardId)) {
            load[subtask]++;
          }
        });
    Map<Integer, List<StreamShardSplit>> assignment = new HashMap<>();
    for (ShardNode shard : graph.assignable()) {
      Integer parents = owners.get(shard.parentShardId());
      if (parents != null && continued.add(shard.parentShardId())) {
        load[parents]--;
      }
      int subtask = readerFor(parents, load);
      load[subtask]++;
      owners.put(shard.shardId(), subtask);
      graph.assigned(shard.shardId());
      assignment.computeIfAbsent(subtask, none -> new ArrayList<>()).add(split(shard));
    }
    if (!assignment.isEmpty()) {
      context.assignSplits(new SplitsAssignment<>(assignment));
    }
  }

  /**
   * The reader of the parent, unless it would have more than its share: two readers' records can
   * overtake each other on their way through the job, those of one reader cannot.
   */
  private static int readerFor(Integer parents, int[] load) {
    int fairShare = IntStream.of(load).sum() / load.length + 1;
    if (parents != null && load[parents] < fairShare) {
      return parents;
    }
    return IntStream.range(0, load.length)
        .boxed()
        .min(Comparator.comparingInt(subtask -> load[subtask]))
        .orElseThrow();
  }

  private StreamShardSplit split(ShardNode shard) {
    ShardPosition position =
        shard.start() == StartPosition.LATEST
            ? ShardPosition.latest()
            : ShardPosition.trimHorizon();
    return new StreamShardSplit(
        streamArn, shard.shardId(), position, ledger.inherited(graph, shard), false);
  }

  private void announce() {
    if (!allReadersReported()) {
      return;
    }
    long watermark = ledger.advance(graph, ended, clock.millis());
    if (watermark > announced) {
      announced = watermark;
      reported.forEach(
          subtask ->
              context.sendEventToSourceReader(subtask, new WatermarkAnnouncement(watermark)));
    }
  }

  @Override
  public StreamEnumeratorState snapshotState(long checkpointId) {
    return new StreamEnumeratorState(
        streamArn, graph.hasListing(), graph.nodes(), ledger.shards(), ledger.current());
  }

  @Override
  public void handleSplitRequest(int subtask, String hostname) {
    // Readers do not ask: a shard is assigned as soon as it may be read.
  }

  @Override
  public void close() {
    proxy.close();
  }

  private record Discovery(String streamArn, StreamProxy.Listing listing, long askedMillis) {}
}
