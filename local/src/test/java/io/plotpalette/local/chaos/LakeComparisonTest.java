package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small history whose lake is right; then one thing in it is broken by hand. */
class LakeComparisonTest {
  @TempDir private Path temp;
  private Path bucket;
  private Path log;
  private LakeDatabase lake;

  @BeforeEach
  void aLakeThatIsRight() throws Exception {
    bucket = temp.resolve("Ann's lake");
    log = temp.resolve("Ann's log.jsonl");
    try (ChangeLog changes = new ChangeLog(log)) {
      writeHistory(changes);
    }
    // A file a user, so that one can be broken.
    bronze("ada", "user_id = 'ada'");
    bronze("ben", "user_id = 'ben'");
    hourly(
        "first",
        "'ada', '10:00', 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "'ada', '10:00', 2, 2, 2, 0, 0, 0, 2, 0, 1, 1, 2, 315, 30, 30, 600, 600");
    hourly(
        "second",
        "'ada', '11:00', 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "'ben', '10:00', 1, 2, 0, 0, 1, 1, 1, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "'ben', '11:00', 1, 0, 0, 0, 0, 1, 0, -1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL");
    insights(
        LakeTable.TASK_INSIGHTS_DAILY,
        "all",
        "'ada', '00:00', 7, 2, 2, 1, 0, 0, 3, 1, 1, 1, 2, 315, 30, 30, 600, 600",
        "'ben', '00:00', 3, 2, 0, 0, 1, 2, 1, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL");
    lake = LakeDatabase.open(bucket);
  }

  @AfterEach
  void close() throws Exception {
    lake.close();
  }

  @Test
  void aLakeThatIsRightIsClean() throws Exception {
    LakeComparison.Result found = compare();

    assertThat(found.examples()).isEmpty();
    assertThat(found).isEqualTo(new LakeComparison.Result(0, 0, 0, List.of()));
  }

  @Test
  void changesOfAMissingFileAreLost() throws Exception {
    Files.delete(bronzeFile("ben"));

    LakeComparison.Result found = compare();

    assertThat(found.lost()).isEqualTo(5);
    assertThat(found.duplicated()).isZero();
    assertThat(found.examples()).contains("lost: ben t4 1 DELETED");
  }

  @Test
  void changesOfAFileThatIsThereTwiceAreDuplicated() throws Exception {
    Files.copy(bronzeFile("ben"), bronzeFile("ben-again"));

    LakeComparison.Result found = compare();

    assertThat(found.duplicated()).isEqualTo(5);
    assertThat(found.lost()).isZero();
    assertThat(found.examples()).contains("twice: ben t4 1 DELETED");
  }

  @Test
  void twoChangesWithOneIdAreADuplicate() throws Exception {
    bronze("ben", "user_id = 'ben'", "'same' AS change_id");

    assertThat(compare().duplicated()).isEqualTo(4);
  }

  @Test
  void aChangeNobodyMadeIsADuplicate() throws Exception {
    bronze("zoe", "task_id = 't4'", "'zoe' AS user_id, 'x' || change_id AS change_id");

    LakeComparison.Result found = compare();

    assertThat(found.duplicated()).isEqualTo(2);
    assertThat(found.examples()).contains("never written: zoe t4 1 DELETED");
  }

  @Test
  void aChangeThatIsNotAsItWasWrittenIsLost() throws Exception {
    for (String wrong :
        List.of(
            "'done' AS status",
            "'done' AS previous_status",
            "9 AS previous_version",
            "title || ' ' AS title",
            "changed_at - INTERVAL 1 MILLISECOND AS changed_at",
            "updated_at + INTERVAL 1 HOUR AS updated_at")) {
      bronze("ben", "user_id = 'ben'", wrong);

      assertThat(compare().lost()).as(wrong).isEqualTo(5);
    }
  }

  @Test
  void aDeletionAtATimeTheStreamCannotHaveSeenItIsLost() throws Exception {
    bronze("ben", "task_id = 't4'", "changed_at + INTERVAL 6 SECOND AS changed_at");
    bronze("ben-rest", "task_id = 't3'");

    LakeComparison.Result found = compare();

    assertThat(found.lost()).isEqualTo(2);
    assertThat(found.examples()).contains("lost: ben t4 1 DELETED");
  }

  @Test
  void aWindowWithAnotherCountIsWrong() throws Exception {
    for (String row :
        List.of(
            "'ada', '11:00', 2, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
            "'ada', '11:00', 2, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
            "'ada', '10:00', 3, 2, 2, 0, 0, 0, 2, 0, 1, 1, 2, 315, 30, 600, 600, 600",
            "'ada', '10:00', 3, 2, 2, 0, 0, 0, 2, 0, 1, 1, 2, 316, 30, 30, 600, 600")) {
      hourly("newer", row);

      LakeComparison.Result found = compare();

      assertThat(found.insightsWrong()).as(row).isOne();
      assertThat(found.examples()).as(row).hasSize(1);
      assertThat(found.lost() + found.duplicated()).isZero();
    }
  }

  @Test
  void aMissingWindowIsWrong() throws Exception {
    Files.delete(silverFile("second"));

    assertThat(compare().insightsWrong()).isEqualTo(3);
  }

  @Test
  void aWindowNobodyWorkedInIsWrong() throws Exception {
    hourly(
        "third", "'zoe', '10:00', 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL");

    assertThat(compare().insightsWrong()).isOne();
  }

  @Test
  void aRevisionThatIsThereTwiceIsWrong() throws Exception {
    Files.copy(silverFile("second"), silverFile("second-again"));

    assertThat(compare().insightsWrong()).isEqualTo(3);
  }

  @Test
  void windowsOfAllUsersAreCountedTogether() throws Exception {
    insights(
        LakeTable.TASK_ACTIVITY_MINUTELY,
        "all",
        "NULL, '10:00', 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "NULL, '10:10', 1, 0, 1, 0, 0, 0, 1, -1, 0, 1, 1, 600, 600, 600, 600, 600",
        "NULL, '10:20', 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 30, 30, 30, 30, 30",
        "NULL, '10:30', 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "NULL, '10:31', 1, 0, 0, 0, 1, 0, 1, -1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "NULL, '10:32', 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "NULL, '10:40', 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "NULL, '11:00', 1, 0, 0, 0, 0, 1, 0, -1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL",
        "NULL, '11:05', 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL");

    assertThat(compare(EnumSet.of(InsightGrain.MINUTELY)).examples()).isEmpty();
    assertThat(compare(EnumSet.of(InsightGrain.MINUTELY)).isClean()).isTrue();
  }

  private LakeComparison.Result compare() throws Exception {
    return compare(EnumSet.of(InsightGrain.HOURLY, InsightGrain.DAILY));
  }

  private LakeComparison.Result compare(Set<InsightGrain> grains) throws Exception {
    return new LakeComparison(lake, log, grains).compare();
  }

  /** Ada finishes two tasks, one of them late, and reopens one; Ben drops both of his. */
  private static void writeHistory(ChangeLog log) throws Exception {
    Task first =
        task("ada", "t1", "10:00:00.000")
            .title("Größe \"prüfen\"\n🚚")
            .dueAt(at("10:05:00.000"))
            .build();
    Task firstDone = next(first, TaskStatus.DONE, "10:10:00.000");
    log.add(written(null, first));
    log.add(written(first, firstDone));
    log.add(written(firstDone, next(firstDone, TaskStatus.TODO, "11:05:00.123")));
    Task second =
        task("ada", "t2", "10:20:00.000")
            .dueDate(LocalDate.parse("2026-11-20"))
            .timeZone("Europe/Berlin")
            .build();
    log.add(written(null, second));
    log.add(written(second, next(second, TaskStatus.DONE, "10:20:30.000")));
    Task third = task("ben", "t3", "10:30:00.000").build();
    Task thirdCancelled = next(third, TaskStatus.CANCELLED, "10:31:00.000");
    log.add(written(null, third));
    log.add(written(third, thirdCancelled));
    log.add(deleted(thirdCancelled, "10:32:00.000", "10:32:09.000"));
    Task fourth = task("ben", "t4", "10:40:00.000").status(TaskStatus.IN_PROGRESS).build();
    log.add(written(null, fourth));
    log.add(deleted(fourth, "11:00:00.000", "11:00:05.000"));
  }

  private static Task.Builder task(String userId, String taskId, String createdAt) {
    return Task.builder()
        .userId(userId)
        .taskId(taskId)
        .title("A title")
        .createdAt(at(createdAt))
        .updatedAt(at(createdAt));
  }

  private static Task next(Task task, TaskStatus status, String updatedAt) {
    return task.toBuilder()
        .status(status)
        .updatedAt(at(updatedAt))
        .completedAt(status == TaskStatus.DONE ? at(updatedAt) : null)
        .version(task.version() + 1)
        .build();
  }

  private static LoggedChange written(Task before, Task after) {
    ChangeType type = before == null ? ChangeType.CREATED : ChangeType.UPDATED;
    return LoggedChange.of(type, before, after, after.updatedAt(), after.updatedAt());
  }

  private static LoggedChange deleted(Task task, String from, String to) {
    return LoggedChange.of(ChangeType.DELETED, task, task, at(from), at(to));
  }

  private static Instant at(String time) {
    return Instant.parse("2026-11-20T" + time + "Z");
  }

  private void bronze(String file, String condition) throws Exception {
    bronze(file, condition, "change_id AS change_id");
  }

  /**
   * Bronze rows as the job would write them, but for some columns.
   *
   * @param replaced expressions, each with the column it is put in place of
   */
  private void bronze(String file, String condition, String replaced) throws Exception {
    Files.deleteIfExists(bronzeFile(file));
    copy(
        """
        SELECT * REPLACE (%s) FROM (
          SELECT task_id || version || change_type AS change_id, changed_from AS changed_at,
            * EXCLUDE (changed_from, changed_to)
          FROM %s WHERE %s)"""
            .formatted(replaced, LakeComparison.relation(log), condition),
        bronzeFile(file));
  }

  /**
   * Each row: user, time of day, revision, the counts and the lead times in the order of the
   * schema.
   */
  private void hourly(String file, String... rows) throws Exception {
    insights(LakeTable.TASK_INSIGHTS_HOURLY, file, rows);
  }

  private void insights(LakeTable table, String file, String... rows) throws Exception {
    String select =
        """
        SELECT user_id, CAST('2026-11-20 ' || time || ':00' AS TIMESTAMP) AS window_start, revision::BIGINT AS revision,
          created::BIGINT AS created, completed::BIGINT AS completed, reopened::BIGINT AS reopened,
          cancelled::BIGINT AS cancelled, deleted::BIGINT AS deleted, updated::BIGINT AS updated,
          open_delta::BIGINT AS open_delta, on_time::BIGINT AS on_time,
          overdue_completed::BIGINT AS overdue_completed, lead_time_count::BIGINT AS lead_time_count,
          mean::DOUBLE AS lead_time_mean_s, min::DOUBLE AS lead_time_min_s,
          p50::DOUBLE AS lead_time_p50_s, p95::DOUBLE AS lead_time_p95_s,
          max::DOUBLE AS lead_time_max_s
        FROM (VALUES %s) AS given (user_id, time, revision, created, completed, reopened, cancelled,
          deleted, updated, open_delta, on_time, overdue_completed, lead_time_count, mean, min, p50,
          p95, max)"""
            .formatted(String.join(", ", Stream.of(rows).map(row -> "(" + row + ")").toList()));
    Path target = folder(table).resolve(file + ".parquet");
    Files.deleteIfExists(target);
    copy(select, target);
  }

  private Path bronzeFile(String name) throws Exception {
    return folder(LakeTable.TASK_CHANGES).resolve(name + ".parquet");
  }

  private Path silverFile(String name) throws Exception {
    return folder(LakeTable.TASK_INSIGHTS_HOURLY).resolve(name + ".parquet");
  }

  private Path folder(LakeTable table) throws Exception {
    return Files.createDirectories(bucket.resolve(table.path() + "/year=2026/month=11/day=20"));
  }

  private static void copy(String select, Path target) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("COPY (%s) TO '%s' (FORMAT parquet)".formatted(select, quoted(target)));
    }
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }
}
