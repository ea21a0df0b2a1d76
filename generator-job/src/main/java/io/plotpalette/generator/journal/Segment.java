package io.plotpalette.generator.journal;

import java.util.Comparator;
import java.util.List;

/**
 * Entries that became durable at once.
 *
 * @param sequence counts the segments of one owner over all buckets: what depends on an entry that
 *     is durable stands in a segment with a greater one
 * @param entries none in a segment that only claims its bucket
 */
public record Segment(Ownership ownership, long sequence, List<JournalEntry> entries) {

  /** From what was written first to what may depend on it. */
  static final Comparator<Segment> ORDER =
      Comparator.comparing(Segment::ownership).thenComparingLong(Segment::sequence);

  public Segment {
    entries = List.copyOf(entries);
  }
}
