package io.plotpalette.local.chaos;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** The newest revision of one window, as silver has it; lead times in seconds, null without any. */
record SilverRow(
    InsightGrain.Window window,
    long created,
    long completed,
    long reopened,
    long cancelled,
    long deleted,
    long updated,
    long openDelta,
    long onTime,
    long overdueCompleted,
    long leadTimeCount,
    Double mean,
    Double min,
    Double p50,
    Double p95,
    Double max) {

  /** The columns of a query that {@link #read} reads, in its order, behind the user's. */
  static final String COLUMNS =
      "window_start, created, completed, reopened, cancelled, deleted, updated, open_delta,"
          + " on_time, overdue_completed, lead_time_count, lead_time_mean_s, lead_time_min_s,"
          + " lead_time_p50_s, lead_time_p95_s, lead_time_max_s";

  /** A query's row: the user, then {@link #COLUMNS}. */
  static SilverRow read(List<String> row) {
    return new SilverRow(
        new InsightGrain.Window(row.get(0), utc(row.get(1))),
        whole(row, 2),
        whole(row, 3),
        whole(row, 4),
        whole(row, 5),
        whole(row, 6),
        whole(row, 7),
        whole(row, 8),
        whole(row, 9),
        whole(row, 10),
        whole(row, 11),
        seconds(row, 12),
        seconds(row, 13),
        seconds(row, 14),
        seconds(row, 15),
        seconds(row, 16));
  }

  /** DuckDB gives a timestamp's text without a zone; the lake's are UTC. */
  static Instant utc(String text) {
    return Timestamp.valueOf(text).toLocalDateTime().toInstant(ZoneOffset.UTC);
  }

  private static long whole(List<String> row, int column) {
    return Long.parseLong(row.get(column));
  }

  private static Double seconds(List<String> row, int column) {
    return row.get(column) == null ? null : Double.valueOf(row.get(column));
  }
}
