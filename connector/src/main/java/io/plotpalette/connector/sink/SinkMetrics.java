package io.plotpalette.connector.sink;

import io.plotpalette.connector.failure.OutageMeter;
import java.time.Clock;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What a subtask of the sink counts; all but the gauge only grow. */
final class SinkMetrics {
  /** Writes the table has taken. */
  static final String RECORDS_WRITTEN = "recordsWritten";

  /** BatchWriteItem calls answered, also in part. */
  static final String BATCHES = "batches";

  /** Conditional puts whose condition did not hold: something newer is there. */
  static final String CONDITION_FAILED = "conditionFailed";

  /** Writes replaced by a newer one of the same key in the same batch. */
  static final String SUPERSEDED = "superseded";

  /** Writes DynamoDB will never take, left out. */
  static final String DROPPED = "dropped";

  /** Calls made again, for whatever reason. */
  static final String RETRIES = "retries";

  /** Calls refused, or answered in part, because there were too many. */
  static final String THROTTLES = "throttles";

  /** Calls that failed in the service or on the way to it. */
  static final String TRANSIENT_ERRORS = "transientErrors";

  final Counter recordsWritten;
  final Counter batches;
  final Counter conditionFailed;
  final Counter superseded;
  final Counter dropped;
  final Counter retries;
  final Counter throttles;
  final Counter transientErrors;
  final OutageMeter outage;

  SinkMetrics(MetricGroup group, Clock clock) {
    recordsWritten = group.counter(RECORDS_WRITTEN);
    batches = group.counter(BATCHES);
    conditionFailed = group.counter(CONDITION_FAILED);
    superseded = group.counter(SUPERSEDED);
    dropped = group.counter(DROPPED);
    retries = group.counter(RETRIES);
    throttles = group.counter(THROTTLES);
    transientErrors = group.counter(TRANSIENT_ERRORS);
    outage = new OutageMeter(clock);
    group.gauge(OutageMeter.METRIC, (Gauge<Long>) outage::millis);
  }
}
