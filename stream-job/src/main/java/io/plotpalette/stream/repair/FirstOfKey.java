package io.plotpalette.stream.repair;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/** Lets the first element of each key pass. */
final class FirstOfKey<T> extends RichFilterFunction<T> {
  private static final long serialVersionUID = 1L;

  private transient ValueState<Boolean> seen;

  @Override
  public void open(OpenContext context) {
    seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Types.BOOLEAN));
  }

  @Override
  public boolean filter(T element) throws Exception {
    if (seen.value() != null) {
      return false;
    }
    seen.update(true);
    return true;
  }
}
