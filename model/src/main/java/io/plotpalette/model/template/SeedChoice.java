package io.plotpalette.model.template;

import io.plotpalette.model.template.jinja.SeededRandom;

/**
 * Which entry of the seed data a record is made from. Records go through all entries before any is
 * used again, each time in another order the job's seed decides; so after {@code k} rounds every
 * entry has been used {@code k} times, and a record's entry is known from its index alone.
 */
public final class SeedChoice {
  private static final int ROUNDS = 4;

  private SeedChoice() {}

  /**
   * The entry of a record.
   *
   * @param recordIndex from 0
   * @param entries number of seed entries, at least 1
   * @return from 0 to {@code entries} - 1
   */
  public static int entryOf(long jobSeed, long recordIndex, int entries) {
    if (recordIndex < 0 || entries < 1) {
      throw new IllegalArgumentException("record %d of %d entries".formatted(recordIndex, entries));
    }
    long round = recordIndex / entries;
    int position = (int) (recordIndex % entries);
    // A permutation of the next power of four, walked until it comes back into the range: at most
    // four steps on average.
    int halfBits = Math.max(1, (33 - Integer.numberOfLeadingZeros(Math.max(1, entries - 1))) / 2);
    long[] keys = keys(jobSeed, round);
    long value = position;
    do {
      value = permuted(value, halfBits, keys);
    } while (value >= entries);
    return (int) value;
  }

  private static long[] keys(long jobSeed, long round) {
    SeededRandom random = SeededRandom.of(jobSeed, round, "seed entry");
    long[] keys = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      keys[i] = random.nextLong();
    }
    return keys;
  }

  /** A Feistel network: whatever the round function, it maps every value to another one. */
  private static long permuted(long value, int halfBits, long[] keys) {
    long mask = (1L << halfBits) - 1;
    long left = value >>> halfBits;
    long right = value & mask;
    for (long key : keys) {
      long mixed = (right + key) * 0x9E3779B97F4A7C15L;
      long scattered = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
      long next = left ^ ((scattered >>> 32) & mask);
      left = right;
      right = next;
    }
    return (left << halfBits) | right;
  }
}
