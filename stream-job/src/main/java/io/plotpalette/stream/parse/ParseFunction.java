package io.plotpalette.stream.parse;

import io.plotpalette.model.task.TaskChange;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Raw stream records, JSON in UTF-8, to task changes. A record that breaks a rule leaves by {@link
 * #REJECTED} and is counted by rule; nothing a record holds makes this function fail.
 */
public final class ParseFunction extends ProcessFunction<byte[], TaskChange>
    implements ResultTypeQueryable<TaskChange> {
  private static final long serialVersionUID = 1L;

  public static final OutputTag<Rejection> REJECTED = new OutputTag<>("rejected") {};

  private transient TaskChangeParser parser;
  private transient RejectionCounters rejections;

  @Override
  public TypeInformation<TaskChange> getProducedType() {
    return TaskChangeType.info();
  }

  @Override
  public void open(OpenContext context) {
    parser = new TaskChangeParser();
    rejections = new RejectionCounters(getRuntimeContext().getMetricGroup());
  }

  @Override
  public void processElement(byte[] record, Context context, Collector<TaskChange> out) {
    Instant now = Instant.ofEpochMilli(context.timerService().currentProcessingTime());
    try {
      out.collect(parser.parse(record, now));
    } catch (BrokenRuleException e) {
      rejections.count(e.rule());
      String text = new String(record, StandardCharsets.UTF_8);
      Instant partitionTime = e.streamTime() == null ? now : e.streamTime();
      context.output(
          REJECTED,
          new Rejection(
              RejectionIds.of(e.changeId(), text),
              e.rule(),
              e.getMessage(),
              text,
              partitionTime,
              now));
    }
  }
}
