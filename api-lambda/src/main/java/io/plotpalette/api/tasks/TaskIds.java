package io.plotpalette.api.tasks;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.util.function.Supplier;

/** New task ids. */
public final class TaskIds {
  private TaskIds() {}

  /** UUIDv7 in lower case: text order is the order of creation. */
  public static Supplier<String> timeOrdered() {
    NoArgGenerator generator = Generators.timeBasedEpochRandomGenerator();
    return () -> generator.generate().toString();
  }
}
