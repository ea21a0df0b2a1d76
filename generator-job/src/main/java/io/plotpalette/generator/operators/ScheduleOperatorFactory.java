package io.plotpalette.generator.operators;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Gives {@link ScheduleOperator} the task's mailbox. */
public final class ScheduleOperatorFactory extends AbstractStreamOperatorFactory<JobCommand>
    implements OneInputStreamOperatorFactory<String, JobCommand> {
  private static final long serialVersionUID = 1L;

  private final ScheduleOptions options;
  private final Connections connections;

  public ScheduleOperatorFactory(ScheduleOptions options, Connections connections) {
    this.options = options;
    this.connections = connections;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as inherited
  public <T extends StreamOperator<JobCommand>> T createStreamOperator(
      StreamOperatorParameters<JobCommand> parameters) {
    return (T) new ScheduleOperator(parameters, options, connections);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return ScheduleOperator.class;
  }
}
