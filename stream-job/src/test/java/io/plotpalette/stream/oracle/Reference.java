package io.plotpalette.stream.oracle;

import io.plotpalette.stream.oracle.TaskHistory.Change;
import io.plotpalette.stream.oracle.TaskHistory.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the job must make of a history: one thread, one pass, no windows that open or close, nothing
 * shared with the job. Results are lines of text.
 */
final class Reference {
  /** A grain as the reference sees it. */
  record Windows(String name, boolean perUser, long size, long allowedLateness) {}

  private static final class Row {
    private long created;
    private long completed;
    private long reopened;
    private long cancelled;
    private long deleted;
    private long updated;
    private long openDelta;
    private long onTime;
    private long overdue;
    private final List<Long> leadMillis = new ArrayList<>();
  }

  /** Every valid change once. */
  final TreeSet<String> bronze = new TreeSet<>();

  /** Rule and change of every line in quarantine, with what is late for which grains. */
  final TreeSet<String> quarantine = new TreeSet<>();

  /** Grain, key and window start to the window's last row. */
  final TreeMap<String, String> silver = new TreeMap<>();

  private final Map<String, Row> rows = new TreeMap<>();

  Reference(List<Step> history, List<Windows> grains) {
    long watermark = Long.MIN_VALUE;
    for (Step step : history) {
      if (step.watermark() != null) {
        watermark = Math.max(watermark, step.watermark());
      } else if (step.delivery() != null) {
        deliver(step.delivery(), watermark, grains);
      }
    }
    rows.forEach((window, row) -> silver.put(window, line(row)));
  }

  private void deliver(Change change, long watermark, List<Windows> grains) {
    if (change.brokenRule() != null) {
      quarantine.add(change.brokenRule() + " " + change.id());
      return;
    }
    bronze.add(
        String.join(
            "|",
            change.id(),
            change.type(),
            change.user(),
            change.task(),
            Long.toString(change.changedAt()),
            Long.toString(change.streamTime()),
            String.valueOf(change.before()),
            String.valueOf(change.beforeVersion()),
            change.type().equals("REMOVE") ? change.before() : change.after(),
            Long.toString(change.version()),
            change.title(),
            Long.toString(change.createdAt()),
            String.valueOf(change.completedAt())));
    List<String> lateFor = new ArrayList<>();
    for (Windows grain : grains) {
      long start = change.changedAt() - Math.floorMod(change.changedAt(), grain.size());
      if (start + grain.size() - 1 + grain.allowedLateness() <= watermark) {
        lateFor.add(grain.name());
      } else {
        String key = grain.perUser() ? change.user() : "all";
        count(rows.computeIfAbsent(grain.name() + " " + key + " " + start, w -> new Row()), change);
      }
    }
    if (!lateFor.isEmpty()) {
      quarantine.add("late " + change.id() + " " + String.join(" and ", lateFor));
    }
  }

  private static void count(Row row, Change change) {
    String before = change.before() == null ? "none" : change.before();
    String after = change.type().equals("REMOVE") ? "none" : change.after();
    boolean openBefore = before.equals("todo") || before.equals("in_progress");
    boolean openAfter = after.equals("todo") || after.equals("in_progress");
    switch (change.type()) {
      case "INSERT" -> row.created++;
      case "MODIFY" -> row.updated++;
      default -> row.deleted++;
    }
    if (openAfter && !openBefore) {
      row.openDelta++;
      if (!before.equals("none")) {
        row.reopened++;
      }
    }
    if (openBefore && !openAfter) {
      row.openDelta--;
    }
    if (after.equals("cancelled") && !before.equals("cancelled")) {
      row.cancelled++;
    }
    if (after.equals("done") && !before.equals("done")) {
      row.completed++;
      row.leadMillis.add(change.completedAt() - change.createdAt());
      if (change.deadline() != null) {
        if (change.completedAt() <= change.deadline()) {
          row.onTime++;
        } else {
          row.overdue++;
        }
      }
    }
  }

  private static String line(Row row) {
    String lead = "no lead times";
    if (!row.leadMillis.isEmpty()) {
      List<Long> sorted = new ArrayList<>(row.leadMillis);
      Collections.sort(sorted);
      int n = sorted.size();
      long sum = sorted.stream().mapToLong(Long::longValue).sum();
      lead =
          lead(
              n,
              (double) sum / n / 1000,
              sorted.get(0) / 1000.0,
              sorted.get((int) Math.ceil(0.5 * n) - 1) / 1000.0,
              sorted.get((int) Math.ceil(0.95 * n) - 1) / 1000.0,
              sorted.get(n - 1) / 1000.0);
    }
    return counts(
        row.created,
        row.completed,
        row.reopened,
        row.cancelled,
        row.deleted,
        row.updated,
        row.openDelta,
        row.onTime,
        row.overdue,
        lead);
  }

  static String counts(
      long created,
      long completed,
      long reopened,
      long cancelled,
      long deleted,
      long updated,
      long openDelta,
      long onTime,
      long overdue,
      String lead) {
    return "created %d, completed %d, reopened %d, cancelled %d, deleted %d, updated %d, open %+d, on time %d, overdue %d, %s"
        .formatted(
            created, completed, reopened, cancelled, deleted, updated, openDelta, onTime, overdue,
            lead);
  }

  static String lead(long n, double mean, double min, double p50, double p95, double max) {
    return "%d lead times: mean %s, min %s, p50 %s, p95 %s, max %s"
        .formatted(n, mean, min, p50, p95, max);
  }
}
