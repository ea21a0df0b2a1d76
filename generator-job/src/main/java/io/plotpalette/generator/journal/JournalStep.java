package io.plotpalette.generator.journal;

import java.util.List;

/**
 * What follows from something a journal was told.
 *
 * @param durable entries to take into account now, in an order in which no entry comes before one
 *     it depends on
 * @param requests to the table
 */
public record JournalStep(List<JournalEntry> durable, List<JournalRequest> requests) {
  static final JournalStep NOTHING = new JournalStep(List.of(), List.of());

  public JournalStep {
    durable = List.copyOf(durable);
    requests = List.copyOf(requests);
  }
}
