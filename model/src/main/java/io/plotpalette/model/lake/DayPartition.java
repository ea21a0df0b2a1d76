package io.plotpalette.model.lake;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The partition folders of every lake table: event time, UTC, two digits. */
public final class DayPartition {
  private static final DateTimeFormatter FOLDERS =
      DateTimeFormatter.ofPattern("'year='uuuu'/month='MM'/day='dd", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private DayPartition() {}

  /** For example {@code year=2026/month=11/day=20}. */
  public static String of(Instant eventTime) {
    return FOLDERS.format(eventTime);
  }

  /** The folders of a day. */
  public static String of(LocalDate day) {
    return of(day.atStartOfDay(ZoneOffset.UTC).toInstant());
  }
}
