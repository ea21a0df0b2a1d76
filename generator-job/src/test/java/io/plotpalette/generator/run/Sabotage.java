package io.plotpalette.generator.run;

import io.plotpalette.generator.run.HistoryViolation.Promise;

/** What is broken on purpose, to see that the promise it serves is then broken, too. */
enum Sabotage {
  NONE(null),
  /** Every reservation is granted. */
  RESERVATION_OFF(Promise.BUDGET_BILLED),
  /** The table acknowledges segments and keeps none. */
  JOURNAL_OFF(Promise.JOURNALLED_CALL_NOT_REPEATED),
  /** The same, seen on the bill. */
  JOURNAL_OFF_BILL(Promise.BUDGET_BILLED),
  /** The table writes segments over what stands there. */
  FENCING_OFF(Promise.JOURNALLED_CALL_NOT_REPEATED),
  /**
   * The table acknowledges a segment before it is durable, so that calls start and money is freed
   * too early.
   */
  SETTLED_BEFORE_DURABLE(Promise.BUDGET_BILLED),
  /** Calls without an outcome are taken for calls that were not made. */
  FORFEIT_OFF(Promise.BUDGET_BILLED),
  /** Calls that ended without usage are taken for not billed. */
  UNKNOWN_USAGE_IS_FREE(Promise.BUDGET_BILLED);

  /** All of them if null. */
  private final Promise watched;

  Sabotage(Promise watched) {
    this.watched = watched;
  }

  /** Whether a history checks the promise; others would only fail before it does. */
  boolean watches(Promise promise) {
    return watched == null || watched == promise;
  }

  boolean keepsJournal() {
    return this != JOURNAL_OFF && this != JOURNAL_OFF_BILL;
  }
}
