package io.plotpalette.generator.run;

/** What is broken on purpose, to see that a history without it would not notice nothing. */
enum Sabotage {
  NONE,
  /** Every reservation is granted. */
  RESERVATION_OFF,
  /** The table acknowledges segments and keeps none. */
  JOURNAL_OFF,
  /** The table writes segments over what stands there. */
  FENCING_OFF,
  /**
   * The table acknowledges a segment before it is durable, so that calls start and money is freed
   * too early.
   */
  SETTLED_BEFORE_DURABLE,
  /** Calls without an outcome are taken for calls that were not made. */
  FORFEIT_OFF,
  /** Calls that ended without usage are taken for not billed. */
  UNKNOWN_USAGE_IS_FREE
}
