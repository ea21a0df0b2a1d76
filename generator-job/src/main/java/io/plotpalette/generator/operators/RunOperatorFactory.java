package io.plotpalette.generator.operators;

import java.util.UUID;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.function.SerializableSupplier;

/** Gives {@link RunOperator} the task's mailbox. */
public final class RunOperatorFactory extends AbstractStreamOperatorFactory<OutputLine>
    implements OneInputStreamOperatorFactory<JobCommand, OutputLine> {
  private static final long serialVersionUID = 1L;

  private final RunOptions options;
  private final Connections connections;
  private final SerializableSupplier<String> owners;

  public RunOperatorFactory(RunOptions options, Connections connections) {
    this(options, connections, () -> UUID.randomUUID().toString());
  }

  /**
   * @param owners ids of which none comes twice
   */
  RunOperatorFactory(
      RunOptions options, Connections connections, SerializableSupplier<String> owners) {
    this.options = options;
    this.connections = connections;
    this.owners = owners;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as inherited
  public <T extends StreamOperator<OutputLine>> T createStreamOperator(
      StreamOperatorParameters<OutputLine> parameters) {
    return (T) new RunOperator(parameters, options, connections, owners);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return RunOperator.class;
  }
}
