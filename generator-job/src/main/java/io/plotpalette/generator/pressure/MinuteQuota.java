package io.plotpalette.generator.pressure;

import java.util.Arrays;

/**
 * At most a quota within any 60 seconds, counted in seconds. Unlike a bucket that refills, it never
 * lets twice the quota through in the first minute. Not thread-safe.
 */
final class MinuteQuota {
  private static final long SECOND = 1_000;

  /** One more than 60: the running second and the oldest are only partly inside the minute. */
  private static final int SLOTS = 61;

  private final long quota;
  private final long[] taken = new long[SLOTS];
  private long newest = Long.MIN_VALUE;
  private long total;

  MinuteQuota(long quota) {
    if (quota < 1) {
      throw new IllegalArgumentException("a quota a minute must be at least 1, not " + quota);
    }
    this.quota = quota;
  }

  long quota() {
    return quota;
  }

  /**
   * The earliest instant, in epoch milliseconds, at which {@code amount} fits if nothing else is
   * taken; {@code now} if it fits now.
   *
   * @param amount at most the quota
   */
  long fitsAt(long amount, long now) {
    if (amount > quota) {
      throw new IllegalArgumentException(amount + " never fits into a quota of " + quota);
    }
    roll(now);
    long excess = total - (quota - amount);
    if (excess <= 0) {
      return now;
    }
    for (long second = newest - SLOTS + 1; second <= newest; second++) {
      excess -= taken[slot(second)];
      if (excess <= 0) {
        return (second + SLOTS) * SECOND;
      }
    }
    throw new IllegalStateException("the seconds do not add up to " + total);
  }

  void take(long amount, long now) {
    roll(now);
    taken[slot(newest)] += amount;
    total += amount;
  }

  /** Gives back what was taken at {@code takenAt} and not used, if that still counts. */
  void giveBack(long amount, long takenAt, long now) {
    roll(now);
    long second = Math.floorDiv(takenAt, SECOND);
    if (second > newest - SLOTS && second <= newest) {
      taken[slot(second)] -= amount;
      total -= amount;
    }
  }

  private void roll(long now) {
    long second = Math.floorDiv(now, SECOND);
    if (newest == Long.MIN_VALUE || second - newest >= SLOTS) {
      Arrays.fill(taken, 0);
      total = 0;
      newest = second;
    }
    // A clock that goes back counts towards the newest second it has shown.
    while (newest < second) {
      newest++;
      total -= taken[slot(newest)];
      taken[slot(newest)] = 0;
    }
  }

  private static int slot(long second) {
    return (int) Math.floorMod(second, (long) SLOTS);
  }
}
