package io.plotpalette.generator.run;

/** Something happened in a history that must not. */
final class HistoryViolation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Promise promise;

  /** What is held in every history. */
  enum Promise {
    BUDGET_BOOKS,
    BUDGET_BILLED,
    NO_EARLY_STOP,
    COUNTS_ADD_UP,
    JOURNALLED_CALL_NOT_REPEATED,
    INTENT_BEFORE_CALL,
    AT_MOST_IN_FLIGHT,
    EVERY_INDEX_ONCE,
    OUTPUT_IS_WHAT_WAS_PAID,
    ENDS,
    NO_STALL,
    PROGRESS_IN_ORDER
  }

  HistoryViolation(Promise promise, String message) {
    super(promise + ": " + message);
    this.promise = promise;
  }

  Promise promise() {
    return promise;
  }
}
