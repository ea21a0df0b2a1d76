package io.plotpalette.connector.streams;

import io.plotpalette.connector.failure.OutageMeter;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What a reader counts; the enumerator has errors and outages of its own, under the same names. */
final class ReaderMetrics {
  /** Age of the newest record of the shard farthest behind, milliseconds; 0 at the tip. */
  static final String MILLIS_BEHIND_LATEST = "millisBehindLatest";

  /** Shards this reader reads. */
  static final String OPEN_SHARDS = "openShards";

  /** Records emitted. */
  static final String RECORDS_READ = "recordsRead";

  /** Positions lost because the stream holds records for 24 hours only: data is missing. */
  static final String TRIMS = "trims";

  /** Calls the service refused because there were too many. */
  static final String THROTTLES = "throttles";

  /** Calls that failed in the service or on the way to it. */
  static final String TRANSIENT_ERRORS = "transientErrors";

  private final MetricGroup group;
  private final Counter recordsRead;
  private final Counter trims;
  private final Counter throttles;
  private final Counter transientErrors;

  private final OutageMeter outage;

  ReaderMetrics(MetricGroup group, Clock clock) {
    this.group = group;
    this.outage = new OutageMeter(clock);
    group.gauge(OutageMeter.METRIC, (Gauge<Long>) outage::millis);
    this.recordsRead = group.counter(RECORDS_READ);
    this.trims = group.counter(TRIMS);
    this.throttles = group.counter(THROTTLES);
    this.transientErrors = group.counter(TRANSIENT_ERRORS);
  }

  void gauges(LongSupplier millisBehindLatest, LongSupplier openShards) {
    group.gauge(MILLIS_BEHIND_LATEST, (Gauge<Long>) millisBehindLatest::getAsLong);
    group.gauge(OPEN_SHARDS, (Gauge<Long>) openShards::getAsLong);
  }

  void recordRead() {
    recordsRead.inc();
  }

  void trimmed() {
    trims.inc();
  }

  void throttled() {
    throttles.inc();
    outage.failed();
  }

  void transientError() {
    transientErrors.inc();
    outage.failed();
  }

  void answered() {
    outage.succeeded();
  }

  long outageMillis() {
    return outage.millis();
  }
}
