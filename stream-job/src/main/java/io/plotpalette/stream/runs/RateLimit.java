package io.plotpalette.stream.runs;

import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets so many elements pass in a period of processing time, and counts what it leaves out. For
 * rows that are there to be looked at and not to be complete: a checkpoint waits for the table that
 * takes them, so a flood of them would hold up everything else.
 */
public final class RateLimit<T> extends ProcessFunction<T, T> {
  private static final long serialVersionUID = 1L;

  private final int elements;
  private final long period;

  private long periodEnd = Long.MIN_VALUE;
  private int passed;
  private transient Counter leftOut;

  /**
   * @param elements that pass in each period, per subtask
   */
  public RateLimit(int elements, Duration period) {
    this.elements = elements;
    this.period = period.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    leftOut =
        getRuntimeContext().getMetricGroup().addGroup("kinesisanalytics").counter("runsLeftOut");
  }

  @Override
  public void processElement(T element, Context context, Collector<T> out) {
    long now = context.timerService().currentProcessingTime();
    if (now >= periodEnd) {
      periodEnd = now + period;
      passed = 0;
    }
    if (passed < elements) {
      passed++;
      out.collect(element);
    } else {
      leftOut.inc();
    }
  }
}
