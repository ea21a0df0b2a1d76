package io.plotpalette.generator.operators;

import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.tables.JobStore;
import io.plotpalette.generator.tables.JournalStore;
import java.io.Serializable;

/** What an operator reaches the world with; each opens its own. */
public interface Connections extends Serializable {

  /** Tables, until they are closed. */
  interface Stores extends AutoCloseable {
    JobStore jobs();

    JournalStore journal();

    @Override
    void close();
  }

  Stores stores();

  ModelClient models();
}
