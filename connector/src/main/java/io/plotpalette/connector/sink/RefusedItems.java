package io.plotpalette.connector.sink;

/**
 * What becomes of a write that DynamoDB will never take: too large, of the wrong type, without its
 * key.
 */
public enum RefusedItems {
  /** The job fails and is not restarted: it would fail again at the same item. */
  FAIL,
  /** The write is left out, counted and logged as an error with its key; the job goes on. */
  DROP
}
