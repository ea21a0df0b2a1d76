package io.plotpalette.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the hourly insights must say, counted from the requests that were accepted and nothing else:
 * it shares no code with stream-job. Safe for several threads.
 */
public final class ExpectedInsights {
  /** The query whose rows {@link #rows} predicts, without the filter and the order. */
  public static final String COLUMNS =
      "user_id, window_start, created, completed, reopened, cancelled, deleted, updated,"
          + " open_delta, on_time, overdue_completed, lead_time_count, round(lead_time_mean_s, 3),"
          + " lead_time_min_s, lead_time_p50_s, lead_time_p95_s, lead_time_max_s";

  private static final class Hour {
    private int created;
    private int completed;
    private int reopened;
    private int cancelled;
    private int deleted;
    private int updated;
    private int openDelta;
    private int onTime;
    private int overdueCompleted;
    private final List<Double> leadTimes = new ArrayList<>();
  }

  /** By user id and hour. */
  private final Map<String, TreeMap<Instant, Hour>> hours = new TreeMap<>();

  public synchronized void created(JsonNode task) {
    Hour hour = hour(task);
    hour.created++;
    hour.openDelta++;
  }

  /** A write that left an open task open. */
  public synchronized void edited(JsonNode task) {
    hour(task).updated++;
  }

  public synchronized void completed(JsonNode task) {
    Hour hour = hour(task);
    hour.updated++;
    hour.completed++;
    hour.openDelta--;
    Instant completedAt = instant(task, "completed_at");
    hour.leadTimes.add(
        Duration.between(instant(task, "created_at"), completedAt).toMillis() / 1000.0);
    if (task.hasNonNull("due_at")) {
      if (completedAt.isAfter(instant(task, "due_at"))) {
        hour.overdueCompleted++;
      } else {
        hour.onTime++;
      }
    }
  }

  public synchronized void reopened(JsonNode task) {
    Hour hour = hour(task);
    hour.updated++;
    hour.reopened++;
    hour.openDelta++;
  }

  public synchronized void cancelled(JsonNode task) {
    Hour hour = hour(task);
    hour.updated++;
    hour.cancelled++;
    hour.openDelta--;
  }

  /** A deletion of a task that was open. */
  public synchronized void deletedOpen(JsonNode task, Instant when) {
    Hour hour = hour(task.path("user_id").textValue(), when);
    hour.deleted++;
    hour.openDelta--;
  }

  public synchronized List<String> userIds() {
    return List.copyOf(hours.keySet());
  }

  /** The rows of {@link #COLUMNS}, by user and hour, as DuckDB prints them. */
  public synchronized List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    hours.forEach(
        (userId, byHour) -> byHour.forEach((start, hour) -> rows.add(row(userId, start, hour))));
    return rows;
  }

  private static List<String> row(String userId, Instant start, Hour hour) {
    List<String> row = new ArrayList<>();
    row.add(userId);
    row.add(start.toString().replace("T", " ").replace("Z", ".0"));
    for (int count :
        new int[] {
          hour.created,
          hour.completed,
          hour.reopened,
          hour.cancelled,
          hour.deleted,
          hour.updated,
          hour.openDelta,
          hour.onTime,
          hour.overdueCompleted,
          hour.leadTimes.size()
        }) {
      row.add(Integer.toString(count));
    }
    List<Double> sorted = new ArrayList<>(hour.leadTimes);
    Collections.sort(sorted);
    if (sorted.isEmpty()) {
      row.addAll(Collections.nCopies(5, null));
    } else {
      double mean = sorted.stream().mapToDouble(Double::doubleValue).sum() / sorted.size();
      row.add(Double.toString(Math.round(mean * 1000) / 1000.0));
      row.add(sorted.get(0).toString());
      row.add(nearestRank(sorted, 0.5).toString());
      row.add(nearestRank(sorted, 0.95).toString());
      row.add(sorted.get(sorted.size() - 1).toString());
    }
    return row;
  }

  private static Double nearestRank(List<Double> sorted, double rank) {
    return sorted.get((int) Math.ceil(rank * sorted.size()) - 1);
  }

  private Hour hour(JsonNode task) {
    return hour(task.path("user_id").textValue(), instant(task, "updated_at"));
  }

  private Hour hour(String userId, Instant when) {
    return hours
        .computeIfAbsent(userId, id -> new TreeMap<>())
        .computeIfAbsent(when.truncatedTo(ChronoUnit.HOURS), start -> new Hour());
  }

  private static Instant instant(JsonNode task, String field) {
    return Instant.parse(task.path(field).textValue());
  }
}
