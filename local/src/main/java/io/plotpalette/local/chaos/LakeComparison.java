package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.MappingIterator;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.ChangeType;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds the lake against a log of acknowledged changes. */
final class LakeComparison {
  private static final int EXAMPLES = 5;

  /** Of a change, in the log and in bronze. */
  private static final String KEY = "user_id, task_id, version, change_type";

  private static final List<String> EXACT_COLUMNS =
      List.of(
          "previous_version",
          "previous_status",
          "status",
          "title",
          "priority",
          "due_date",
          "due_at",
          "time_zone",
          "created_at",
          "updated_at",
          "completed_at");

  private final LakeDatabase lake;
  private final Path log;
  private final Set<InsightGrain> grains;

  LakeComparison(LakeDatabase lake, Path log, Set<InsightGrain> grains) {
    this.lake = lake;
    this.log = log;
    this.grains = grains;
  }

  /**
   * How far the lake is from the log.
   *
   * @param lost changes that are not in bronze, or not as they were written
   * @param duplicated rows of bronze that no logged change accounts for
   * @param insightsWrong windows of silver whose newest revision is missing, unexpected or not as
   *     counted, and revisions that are there twice
   * @param examples a few of each, for a person
   */
  record Result(long lost, long duplicated, long insightsWrong, List<String> examples) {
    boolean isClean() {
      return lost == 0 && duplicated == 0 && insightsWrong == 0;
    }
  }

  /** Rows in bronze. */
  long bronzeRows() throws SQLException {
    return number("SELECT count(*) FROM " + LakeTable.TASK_CHANGES.sqlName());
  }

  Result compare() throws SQLException, IOException {
    List<String> examples = new ArrayList<>();
    long logged = number("SELECT count(*) FROM " + logged());
    long found = number("SELECT count(*) FROM (" + found() + ")");
    long ids = number("SELECT count(DISTINCT change_id) FROM task_changes");
    long rows = bronzeRows();
    long lost = logged - found;
    // A change delivered twice keeps its id, but a wrong row may take another's.
    long duplicated = rows - Math.min(found, ids);
    if (lost > 0) {
      addExamples("lost", logged() + " ANTI JOIN (" + found() + ") USING (" + KEY + ")", examples);
    }
    if (duplicated > 0) {
      addExamples(
          "twice",
          "(SELECT " + KEY + " FROM task_changes GROUP BY ALL HAVING count(*) > 1)",
          examples);
      addExamples(
          "never written", "task_changes ANTI JOIN " + logged() + " USING (" + KEY + ")", examples);
    }
    long insightsWrong = 0;
    Map<String, Instant> deletedAt = deletedAt();
    for (InsightGrain grain : grains) {
      insightsWrong += wrongWindows(grain, deletedAt, examples);
    }
    return new Result(lost, duplicated, insightsWrong, examples);
  }

  /** The logged changes that bronze has at least once, exactly as they were written. */
  private String found() {
    String sameColumns =
        EXACT_COLUMNS.stream()
            .map(column -> "bronze.%1$s IS NOT DISTINCT FROM logged.%1$s".formatted(column))
            .collect(Collectors.joining(" AND "));
    return """
        SELECT %1$s FROM %2$s AS logged JOIN task_changes AS bronze USING (%1$s)
        WHERE bronze.changed_at BETWEEN logged.changed_from AND logged.changed_to AND %3$s
        GROUP BY ALL"""
        .formatted(KEY, logged(), sameColumns);
  }

  private String logged() {
    return relation(log);
  }

  /** A log as something SQL can select from. */
  static String relation(Path log) {
    String columns =
        LoggedChange.COLUMNS.entrySet().stream()
            .map(column -> column.getKey() + ": '" + column.getValue() + "'")
            .collect(Collectors.joining(", ", "{", "}"));
    return "read_json('%s', format = 'newline_delimited', columns = %s)"
        .formatted(log.toString().replace("'", "''"), columns);
  }

  private void addExamples(String what, String relation, List<String> examples)
      throws SQLException {
    lake.query("SELECT %s FROM %s LIMIT %d".formatted(KEY, relation, EXAMPLES))
        .rows()
        .forEach(row -> examples.add(what + ": " + String.join(" ", row)));
  }

  /**
   * When the stream saw each deletion; only bronze knows, and whether it can be true was checked
   * with the rest of the row.
   */
  private Map<String, Instant> deletedAt() throws SQLException {
    Map<String, Instant> times = new HashMap<>();
    for (List<String> row :
        lake.query("SELECT task_id, changed_at FROM task_changes WHERE change_type = 'DELETED'")
            .rows()) {
      times.put(row.get(0), SilverRow.utc(row.get(1)));
    }
    return times;
  }

  private long wrongWindows(
      InsightGrain grain, Map<String, Instant> deletedAt, List<String> examples)
      throws SQLException, IOException {
    Map<InsightGrain.Window, WindowCounts> expected = count(grain, deletedAt);
    List<String> wrong = new ArrayList<>();
    for (List<String> row : lake.query(newestRevisions(grain)).rows()) {
      SilverRow silver = SilverRow.read(row);
      WindowCounts counts = expected.remove(silver.window());
      List<String> differences =
          counts == null ? List.of("is not expected") : counts.differences(silver);
      if (!differences.isEmpty()) {
        wrong.add(silver.window() + " " + String.join(", ", differences));
      }
    }
    expected.keySet().forEach(window -> wrong.add(window + " is missing"));
    wrong.stream()
        .limit(EXAMPLES)
        .forEach(text -> examples.add(grain.table().sqlName() + ": " + text));
    return wrong.size() + revisionsTwice(grain);
  }

  private Map<InsightGrain.Window, WindowCounts> count(
      InsightGrain grain, Map<String, Instant> deletedAt) throws IOException {
    Map<InsightGrain.Window, WindowCounts> windows = new HashMap<>();
    try (MappingIterator<LoggedChange> changes = ChangeLog.read(log)) {
      while (changes.hasNext()) {
        LoggedChange change = changes.next();
        Instant changedAt =
            change.changeType() == ChangeType.DELETED
                ? deletedAt.getOrDefault(change.taskId(), change.changedFrom())
                : change.updatedAt();
        windows
            .computeIfAbsent(
                grain.windowOf(change.userId(), changedAt), window -> new WindowCounts())
            .add(change);
      }
    }
    return windows;
  }

  private static String newestRevisions(InsightGrain grain) {
    return """
        SELECT %1$s, %2$s FROM %3$s
        QUALIFY row_number() OVER (PARTITION BY %1$s, window_start ORDER BY revision DESC) = 1"""
        .formatted(grain.userColumn(), SilverRow.COLUMNS, grain.table().sqlName());
  }

  private long revisionsTwice(InsightGrain grain) throws SQLException {
    return number(
        "SELECT count(*) - count(DISTINCT (%s, window_start, revision)) FROM %s"
            .formatted(grain.userColumn(), grain.table().sqlName()));
  }

  private long number(String sql) throws SQLException {
    return Long.parseLong(lake.query(sql).rows().get(0).get(0));
  }
}
