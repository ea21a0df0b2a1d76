package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.JournalCursor;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All a run is restored from. It contains what the journal says up to the cursor and nothing that
 * was only under way, so that reading the rest of the journal goes on where it ends, and reading
 * all of it from the {@link #beginning} comes to the same.
 *
 * @param records begun and not finished, by index
 */
public record RunState(Head head, Money money, Counters counters, Map<Long, RecordState> records) {

  /**
   * Where the run stands.
   *
   * @param notStarted records nothing was spent on
   * @param ending null while new records are begun
   */
  public record Head(JournalCursor cursor, IndexRanges notStarted, Ending ending) {}

  /**
   * What is spent, forfeited reservations included.
   *
   * @param spent nano-USD
   * @param steps in the template's order
   */
  public record Money(long spent, List<StepTotals> steps) {
    public Money {
      steps = List.copyOf(steps);
    }
  }

  /**
   * What is to be written to bring a stored state up to date.
   *
   * @param changed records that are new or not as before
   * @param removed indexes of records that have left
   */
  public record Change(
      Head head, Money money, Counters counters, List<RecordState> changed, List<Long> removed) {
    public Change {
      changed = List.copyOf(changed);
      removed = List.copyOf(removed);
    }
  }

  public RunState {
    records = Map.copyOf(records);
  }

  /** A job of which nothing is known, be it new or without its state. */
  public static RunState beginning(RunDefinition definition, int buckets) {
    return new RunState(
        new Head(
            JournalCursor.beginning(buckets), IndexRanges.upTo(definition.recordCount()), null),
        new Money(0, Collections.nCopies(definition.steps().size(), StepTotals.NONE)),
        Counters.ZERO,
        Map.of());
  }

  public RunState with(Change change) {
    Map<Long, RecordState> updated = new HashMap<>(records);
    change.removed().forEach(updated::remove);
    change.changed().forEach(record -> updated.put(record.index(), record));
    return new RunState(change.head(), change.money(), change.counters(), updated);
  }
}
