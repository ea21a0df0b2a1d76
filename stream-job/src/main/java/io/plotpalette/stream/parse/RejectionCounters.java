package io.plotpalette.stream.parse;

import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counts rejections by rule: {@code kinesisanalytics.rejected.<rule id>} of an operator. */
public final class RejectionCounters {
  /** The one group the managed service exports. */
  static final String METRIC_GROUP = "kinesisanalytics";

  private final Map<QualityRule, Counter> counters = new EnumMap<>(QualityRule.class);

  public RejectionCounters(MetricGroup operator) {
    MetricGroup rejected = operator.addGroup(METRIC_GROUP).addGroup("rejected");
    for (QualityRule rule : QualityRule.values()) {
      counters.put(rule, rejected.counter(rule.id()));
    }
  }

  public void count(QualityRule rule) {
    counters.get(rule).inc();
  }
}
