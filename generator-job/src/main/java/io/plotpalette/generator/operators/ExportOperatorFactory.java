package io.plotpalette.generator.operators;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Gives {@link ExportOperator} the task's mailbox. */
public final class ExportOperatorFactory extends AbstractStreamOperatorFactory<String>
    implements OneInputStreamOperatorFactory<StoppedRun, String> {
  private static final long serialVersionUID = 1L;

  private final ExportOptions options;

  public ExportOperatorFactory(ExportOptions options) {
    this.options = options;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as inherited
  public <T extends StreamOperator<String>> T createStreamOperator(
      StreamOperatorParameters<String> parameters) {
    return (T) new ExportOperator(parameters, options);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return ExportOperator.class;
  }
}
