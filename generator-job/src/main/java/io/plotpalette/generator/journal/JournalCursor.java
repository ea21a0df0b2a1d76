package io.plotpalette.generator.journal;

import java.util.Collections;
import java.util.List;

/**
 * How much of a journal is part of a checkpoint.
 *
 * @param epoch of the owner that took it; 0 before the first
 * @param nextNumbers the first segment of each bucket that is not part of it
 */
public record JournalCursor(long epoch, List<Long> nextNumbers) {
  public JournalCursor {
    nextNumbers = List.copyOf(nextNumbers);
  }

  /** The start of a journal. */
  public static JournalCursor beginning(int buckets) {
    return new JournalCursor(0, Collections.nCopies(buckets, 0L));
  }
}
