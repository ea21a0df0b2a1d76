package io.plotpalette.connector;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** Keeps the metrics registered in it by group and name. */
public final class TestingMetricGroup extends UnregisteredMetricsGroup
    implements SourceReaderMetricGroup, SplitEnumeratorMetricGroup, SinkWriterMetricGroup {
  private final String prefix;
  private final Map<String, Counter> counters;
  private final Map<String, Gauge<?>> gauges;

  public TestingMetricGroup() {
    this("", new HashMap<>(), new HashMap<>());
  }

  private TestingMetricGroup(
      String prefix, Map<String, Counter> counters, Map<String, Gauge<?>> gauges) {
    this.prefix = prefix;
    this.counters = counters;
    this.gauges = gauges;
  }

  public long count(String name) {
    return counters.get(name).getCount();
  }

  public long gauge(String name) {
    return (Long) gauges.get(name).getValue();
  }

  @Override
  public MetricGroup addGroup(String name) {
    return new TestingMetricGroup(prefix + name + ".", counters, gauges);
  }

  @Override
  public Counter counter(String name) {
    return counters.computeIfAbsent(prefix + name, none -> new SimpleCounter());
  }

  @Override
  public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
    gauges.put(prefix + name, gauge);
    return gauge;
  }

  @Override
  public OperatorIOMetricGroup getIOMetricGroup() {
    return UnregisteredMetricsGroup.createOperatorIOMetricGroup();
  }

  @Override
  public Counter getNumRecordsInErrorsCounter() {
    return new SimpleCounter();
  }

  @Override
  public void setPendingBytesGauge(Gauge<Long> gauge) {}

  @Override
  public void setPendingRecordsGauge(Gauge<Long> gauge) {}

  @Override
  public <G extends Gauge<Long>> G setUnassignedSplitsGauge(G gauge) {
    return gauge;
  }

  @Override
  public Counter getNumRecordsOutErrorsCounter() {
    return new SimpleCounter();
  }

  @Override
  public Counter getNumRecordsSendErrorsCounter() {
    return new SimpleCounter();
  }

  @Override
  public Counter getNumRecordsSendCounter() {
    return new SimpleCounter();
  }

  @Override
  public Counter getNumBytesSendCounter() {
    return new SimpleCounter();
  }

  @Override
  public void setCurrentSendTimeGauge(Gauge<Long> gauge) {}
}
