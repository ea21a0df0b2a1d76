package io.plotpalette.api;

import java.util.concurrent.atomic.LongAdder;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;

/** Counts the calls the tables have refused for their rate, those included that a retry mended. */
public final class TableThrottles implements MetricPublisher {
  private static final String THROTTLING = "Throttling";

  private final LongAdder count = new LongAdder();

  /** How many since this was last asked. */
  public long drain() {
    return count.sumThenReset();
  }

  @Override
  public void publish(MetricCollection call) {
    for (MetricCollection attempt : call.children()) {
      if (attempt.metricValues(CoreMetric.ERROR_TYPE).contains(THROTTLING)) {
        count.increment();
      }
    }
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
