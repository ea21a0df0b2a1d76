package io.plotpalette.local.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What one window must say, counted change by change from the log. Shares no code with stream-job.
 */
final class WindowCounts {
  /** Up to here a KLL sketch with k = 200 keeps every value. */
  private static final int EXACT_QUANTILES = 200;

  /**
   * Beyond, how far the rank of a quantile may be off. The sketch's own figure, 1.33 % with 99 %
   * confidence, is exceeded once in a hundred windows; thrice that, never.
   */
  private static final double RANK_TOLERANCE = 0.04;

  private static final double MEAN_TOLERANCE_SECONDS = 1e-6;

  private long created;
  private long completed;
  private long reopened;
  private long cancelled;
  private long deleted;
  private long updated;
  private long openDelta;
  private long onTime;
  private long overdueCompleted;
  private final List<Double> leadTimes = new ArrayList<>();
  private boolean sorted;

  void add(LoggedChange change) {
    String before = change.previousStatus();
    String after = change.status();
    switch (change.changeType()) {
      case CREATED -> created++;
      case UPDATED -> updated++;
      case DELETED -> {
        deleted++;
        openDelta -= isOpen(before) ? 1 : 0;
        return;
      }
    }
    boolean wasOpen = before != null && isOpen(before);
    openDelta += (isOpen(after) ? 1 : 0) - (wasOpen ? 1 : 0);
    if (after.equals(before)) {
      return;
    }
    if (before != null && !wasOpen && isOpen(after)) {
      reopened++;
    }
    if (after.equals("cancelled")) {
      cancelled++;
    }
    if (after.equals("done")) {
      completed++;
      leadTimes.add(Duration.between(change.createdAt(), change.completedAt()).toMillis() / 1000.0);
      if (change.dueAt() != null || change.dueDate() != null) {
        if (isOnTime(change)) {
          onTime++;
        } else {
          overdueCompleted++;
        }
      }
    }
  }

  private static boolean isOpen(String status) {
    return status.equals("todo") || status.equals("in_progress");
  }

  private static boolean isOnTime(LoggedChange change) {
    Instant completedAt = change.completedAt();
    if (change.dueAt() != null) {
      return completedAt.compareTo(change.dueAt()) <= 0;
    }
    ZoneId zone = ZoneId.of(change.timeZone() == null ? "UTC" : change.timeZone());
    LocalDate completedOn = completedAt.atZone(zone).toLocalDate();
    return !completedOn.isAfter(change.dueDate());
  }

  /** What of a row of silver is not as counted; empty if all is. */
  List<String> differences(SilverRow row) {
    List<String> found = new ArrayList<>();
    compare("created", created, row.created(), found);
    compare("completed", completed, row.completed(), found);
    compare("reopened", reopened, row.reopened(), found);
    compare("cancelled", cancelled, row.cancelled(), found);
    compare("deleted", deleted, row.deleted(), found);
    compare("updated", updated, row.updated(), found);
    compare("open_delta", openDelta, row.openDelta(), found);
    compare("on_time", onTime, row.onTime(), found);
    compare("overdue_completed", overdueCompleted, row.overdueCompleted(), found);
    compare("lead_time_count", (long) leadTimes.size(), row.leadTimeCount(), found);
    if (found.isEmpty()) {
      compareLeadTimes(row, found);
    }
    return found;
  }

  private void compareLeadTimes(SilverRow row, List<String> found) {
    if (leadTimes.isEmpty()) {
      if (row.mean() != null || row.min() != null || row.p50() != null || row.max() != null) {
        found.add("lead times without a completion");
      }
      return;
    }
    if (!sorted) {
      Collections.sort(leadTimes);
      sorted = true;
    }
    double mean = leadTimes.stream().mapToDouble(Double::doubleValue).sum() / leadTimes.size();
    if (row.mean() == null || Math.abs(mean - row.mean()) > MEAN_TOLERANCE_SECONDS) {
      found.add("lead_time_mean_s is %s, not %s".formatted(row.mean(), mean));
    }
    compare("lead_time_min_s", leadTimes.get(0), row.min(), found);
    compare("lead_time_max_s", leadTimes.get(leadTimes.size() - 1), row.max(), found);
    compareQuantile("lead_time_p50_s", 0.5, row.p50(), found);
    compareQuantile("lead_time_p95_s", 0.95, row.p95(), found);
  }

  private void compareQuantile(String name, double rank, Double value, List<String> found) {
    int count = leadTimes.size();
    if (count <= EXACT_QUANTILES || value == null) {
      compare(name, leadTimes.get((int) Math.ceil(rank * count) - 1), value, found);
      return;
    }
    double below = leadTimes.stream().filter(time -> time < value).count();
    double upTo = leadTimes.stream().filter(time -> time <= value).count();
    boolean isAValue = below < upTo;
    if (!isAValue
        || below / count > rank + RANK_TOLERANCE
        || upTo / count < rank - RANK_TOLERANCE) {
      found.add("%s is %s, whose rank is %.3f".formatted(name, value, upTo / count));
    }
  }

  private static void compare(String name, Object expected, Object actual, List<String> found) {
    if (!expected.equals(actual)) {
      found.add("%s is %s, not %s".formatted(name, actual, expected));
    }
  }
}
