package io.plotpalette.local.chaos;

/**
 * What {@link JournalWitness} breaks on purpose between the product and its table. A run that still
 * finds nothing wrong proves nothing.
 */
public enum Sabotage {
  NONE,
  /** Segments are acknowledged and not kept. */
  JOURNAL_OFF,
  /** Segments are written over what stands there: two owners of a job do not meet. */
  FENCING_OFF
}
