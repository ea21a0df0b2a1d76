package io.plotpalette.connector.streams;

/** Where a job without state begins; shards found later are always read from their beginning. */
public enum StartPosition {
  /** Everything the stream still holds, up to 24 hours back. */
  TRIM_HORIZON,
  /** Only what is written from now on. */
  LATEST
}
