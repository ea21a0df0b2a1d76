package io.plotpalette.local.chaos;

import io.plotpalette.model.lake.LakeTable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A silver table: what it counts together. */
enum InsightGrain {
  HOURLY(LakeTable.TASK_INSIGHTS_HOURLY, ChronoUnit.HOURS, true),
  DAILY(LakeTable.TASK_INSIGHTS_DAILY, ChronoUnit.DAYS, true),
  MINUTELY(LakeTable.TASK_ACTIVITY_MINUTELY, ChronoUnit.MINUTES, false);

  private final LakeTable table;
  private final ChronoUnit window;
  private final boolean perUser;

  InsightGrain(LakeTable table, ChronoUnit window, boolean perUser) {
    this.table = table;
    this.window = window;
    this.perUser = perUser;
  }

  LakeTable table() {
    return table;
  }

  /** SQL expression for the user of a row; empty text where all users are one. */
  String userColumn() {
    return perUser ? "user_id" : "''";
  }

  Window windowOf(String userId, Instant changedAt) {
    return new Window(perUser ? userId : "", changedAt.truncatedTo(window));
  }

  /**
   * Key of a row.
   *
   * @param userId empty where all users are one
   */
  record Window(String userId, Instant start) {}
}
