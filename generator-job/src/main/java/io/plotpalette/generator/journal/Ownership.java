package io.plotpalette.generator.journal;

import java.util.Comparator;

/**
 * Who writes a job's journal. Of two owners the greater one stays.
 *
 * @param epoch grows with every owner that has read the journal of the one before
 * @param owner distinguishes owners that took the same epoch at once; unique by chance
 */
public record Ownership(long epoch, String owner) implements Comparable<Ownership> {
  private static final Comparator<Ownership> ORDER =
      Comparator.comparingLong(Ownership::epoch).thenComparing(Ownership::owner);

  @Override
  public int compareTo(Ownership other) {
    return ORDER.compare(this, other);
  }
}
