package io.plotpalette.local.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.sql.SqlFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeDatabaseTest {
  @TempDir private Path temp;
  private Path bucket;
  private LakeDatabase lake;

  @BeforeEach
  void open() throws Exception {
    bucket = temp.resolve("Ann's lake");
    lake = LakeDatabase.open(bucket);
  }

  @AfterEach
  void close() throws Exception {
    lake.close();
  }

  @Test
  void everyViewAnswersBeforeTheFirstFile() throws Exception {
    for (String view : SqlFiles.VIEWS.statements().keySet()) {
      int rows = view.equals("pipeline_freshness") ? 4 : 0;
      assertThat(lake.query("SELECT * FROM " + view).rows()).as(view).hasSize(rows);
    }
  }

  @Test
  void everyFileInSqlViewsIsRun() throws Exception {
    List<String> files;
    try (var paths = Files.list(Path.of("../sql/views"))) {
      files =
          paths.map(path -> path.getFileName().toString().replace(".sql", "")).sorted().toList();
    }

    assertThat(
            lake.query("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").rows())
        .extracting(row -> row.get(0))
        .containsAll(files);
  }

  @Test
  void theNewestVersionOfATaskIsCurrentWhateverTheOrderOfTheFiles() throws Exception {
    changes("t1", "2, 'UPDATED', 'second'", "1, 'CREATED', 'first'");
    changes("t2", "1, 'CREATED', 'other'");

    assertThat(rows("SELECT task_id, title, version FROM tasks_current ORDER BY task_id"))
        .containsExactly("t1|second|2", "t2|other|1");
  }

  @Test
  void aDeletedTaskIsNotCurrent() throws Exception {
    changes("t1", "2, 'DELETED', 'x'", "2, 'UPDATED', 'x'", "1, 'CREATED', 'x'");

    assertThat(rows("SELECT * FROM tasks_current")).isEmpty();
  }

  @Test
  void theHighestRevisionOfAWindowIsShown() throws Exception {
    insights("12", "1, 5, false", "3, 7, true", "2, 6, false");
    insights("13", "1, 1, false");

    assertThat(
            rows(
                "SELECT window_start, created, revision, is_final FROM productivity_hourly ORDER BY 1"))
        .containsExactly("2026-11-20 12:00:00.0|7|3|true", "2026-11-20 13:00:00.0|1|1|false");
  }

  @Test
  void aColumnThatOldFilesLackIsNull() throws Exception {
    changes("t1", "1, 'CREATED', 'x'");

    assertThat(rows("SELECT task_id, due_date IS NULL FROM task_changes"))
        .containsExactly("t1|true");
  }

  @Test
  void partitionColumnsAreNumbers() throws Exception {
    changes("t1", "1, 'CREATED', 'x'");

    assertThat(
            rows("SELECT count(*) FROM task_changes WHERE year = 2026 AND month = 1 AND day = 2"))
        .containsExactly("1");
  }

  /** Each row: version, change type, title. */
  private void changes(String taskId, String... rows) throws Exception {
    write(
        LakeTable.TASK_CHANGES,
        taskId,
        """
        SELECT '%1$s' || version || change_type AS change_id, change_type, '%1$s' AS task_id,
          'u1' AS user_id, title, version::BIGINT AS version
        FROM (VALUES %2$s) AS given (version, change_type, title)"""
            .formatted(taskId, values(rows)));
  }

  /** Each row: revision, created, is_final. */
  private void insights(String hour, String... rows) throws Exception {
    write(
        LakeTable.TASK_INSIGHTS_HOURLY,
        hour,
        """
        SELECT 'u1' AS user_id, TIMESTAMP '2026-11-20 %s:00:00' AS window_start,
          created::BIGINT AS created, revision::BIGINT AS revision, is_final
        FROM (VALUES %s) AS given (revision, created, is_final)"""
            .formatted(hour, values(rows)));
  }

  private static String values(String... rows) {
    return String.join(", ", Arrays.stream(rows).map(row -> "(" + row + ")").toList());
  }

  private void write(LakeTable table, String name, String select) throws Exception {
    Path day = Files.createDirectories(bucket.resolve(table.path() + "/year=2026/month=01/day=02"));
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet)"
              .formatted(select, day.resolve(name + ".parquet").toString().replace("'", "''")));
    }
  }

  private List<String> rows(String sql) throws Exception {
    return lake.query(sql).rows().stream().map(row -> String.join("|", row)).toList();
  }
}
