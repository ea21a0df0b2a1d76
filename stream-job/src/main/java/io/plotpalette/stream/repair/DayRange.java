package io.plotpalette.stream.repair;

import io.plotpalette.model.lake.DayPartition;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Days of event time in UTC, both included.
 *
 * @param first the earliest
 * @param last the latest
 */
public record DayRange(LocalDate first, LocalDate last) {
  /** A year: more is better done in parts, and mostly a slip of the pen. */
  private static final int MOST_DAYS = 366;

  /**
   * @throws IllegalArgumentException if the range is empty or longer than a year
   */
  public DayRange {
    if (last.isBefore(first)) {
      throw new IllegalArgumentException(
          "the last day " + last + " is before the first day " + first);
    }
    if (first.plusDays(MOST_DAYS).isBefore(last)) {
      throw new IllegalArgumentException(
          "%s to %s is more than %d days: take it in parts".formatted(first, last, MOST_DAYS));
    }
  }

  /** With some days more on both sides. */
  DayRange widened(int days) {
    return new DayRange(first.minusDays(days), last.plusDays(days));
  }

  /** When the last day is over. */
  Instant end() {
    return last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The day folders that are there below a table's folder. */
  Path[] folders(URI lake, String table) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
      String partition = DayPartition.of(day.atStartOfDay(ZoneOffset.UTC).toInstant());
      Path folder = new Path(new Path(lake), table + "/" + partition);
      FileSystem files = folder.getFileSystem();
      if (files.exists(folder)) {
        folders.add(folder);
      }
    }
    return folders.toArray(new Path[0]);
  }
}
