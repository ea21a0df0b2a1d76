package io.plotpalette.model.seed;

/** Bounds of seed data; what is beyond them is refused with its place. */
public final class SeedLimits {
  /** Of a file, in bytes. */
  public static final long MAX_FILE_BYTES = 500L * 1024 * 1024;

  /** Of one entry, in bytes of the file. */
  public static final int MAX_ENTRY_BYTES = 1024 * 1024;

  /** Objects and lists inside each other, the entry itself included. */
  public static final int MAX_DEPTH = 32;

  /** Entries are counted by an int. */
  public static final int MAX_ENTRIES = 10_000_000;

  private SeedLimits() {}
}
