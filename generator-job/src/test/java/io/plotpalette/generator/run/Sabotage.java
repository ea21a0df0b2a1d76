package io.plotpalette.generator.run;

import io.plotpalette.generator.run.HistoryViolation.Promise;
import java.util.EnumSet;
import java.util.Set;

/** What is broken on purpose, to see that the promise it serves is then broken, too. */
enum Sabotage {
  NONE(EnumSet.allOf(Promise.class)),
  /** Every reservation is granted. */
  RESERVATION_OFF(EnumSet.of(Promise.BUDGET_BILLED)),
  /** The table acknowledges segments and keeps none. */
  JOURNAL_OFF(EnumSet.of(Promise.JOURNALLED_CALL_NOT_REPEATED)),
  /** The same, seen on the bill. */
  JOURNAL_OFF_BILL(EnumSet.of(Promise.BUDGET_BILLED)),
  /** The table writes segments over what stands there. */
  FENCING_OFF(EnumSet.of(Promise.JOURNALLED_CALL_NOT_REPEATED)),
  /**
   * The table acknowledges a segment before it is durable, so that calls start and money is freed
   * too early.
   */
  SETTLED_BEFORE_DURABLE(EnumSet.of(Promise.BUDGET_BILLED)),
  /** Calls without an outcome are taken for calls that were not made. */
  FORFEIT_OFF(EnumSet.of(Promise.BUDGET_BILLED)),
  /** Calls that ended without usage are taken for not billed. */
  UNKNOWN_USAGE_IS_FREE(EnumSet.of(Promise.BUDGET_BILLED));

  private final Set<Promise> watched;

  Sabotage(Set<Promise> watched) {
    this.watched = watched;
  }

  /** Whether a history checks the promise; others would only fail before it does. */
  boolean watches(Promise promise) {
    return watched.contains(promise);
  }

  boolean keepsJournal() {
    return this != JOURNAL_OFF && this != JOURNAL_OFF_BILL;
  }
}
