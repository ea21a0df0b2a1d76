package io.plotpalette.trino;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.sql.BrokenLake;
import io.plotpalette.local.sql.GeneratedMonth;
import io.plotpalette.local.sql.GoldCopies;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.model.sql.SqlFiles;
import io.trino.testing.MaterializedResult;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both engines over the same files: what analysts run on Athena is what is tested on DuckDB. */
@Tag("trino")
class SqlOnTrinoIT {
  @TempDir private static Path root;
  private static Path small;
  private static LakeDatabase duckDb;
  private static TrinoLake started;
  private static TrinoLake trino;
  private static TrinoLake realClock;

  @TempDir private Path temp;

  @BeforeAll
  static void start() throws Exception {
    Path month = root.resolve("month");
    GeneratedMonth.write(month, 10_000, 120_000, 20261001);
    small = root.resolve("small");
    GeneratedMonth.write(small, 40, 3_000, 7);
    Map<String, String> views = GeneratedMonth.atFixedTime(SqlFiles.VIEWS.statements());
    duckDb = LakeDatabase.open(month, views);
    started = TrinoLake.start();
    trino = started.withLake("month", month, views);
    Path copy = root.resolve("copy");
    BrokenLake.copy(small, copy);
    realClock = started.withLake("real_clock", copy, SqlFiles.VIEWS.statements());
  }

  @AfterAll
  static void stop() throws Exception {
    started.close();
    duckDb.close();
  }

  static Stream<String> tables() {
    return LakeDatabase.tables().stream().filter(table -> !table.endsWith("_gold"));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void tablesHaveTheSameRows(String table) throws Exception {
    assertSame(table, "SELECT * FROM " + table);
  }

  static Stream<String> views() {
    return SqlFiles.VIEWS.statements().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("views")
  void viewsHaveTheSameRows(String view) throws Exception {
    assertSame(view, "SELECT * FROM " + view);
  }

  static Stream<String> queries() {
    return SqlFiles.QUERIES.statements().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void queriesHaveTheSameRows(String query) throws Exception {
    assertSame(query, GeneratedMonth.atFixedTime(SqlFiles.QUERIES.find(query).orElseThrow()));
  }

  static Stream<String> checks() {
    return SqlFiles.CHECKS.statements().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("checks")
  void checksFindNothing(String check) {
    assertThat(trino.query(SqlFiles.CHECKS.find(check).orElseThrow()).getRowCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void checksFindTheSameInABrokenLake(BrokenLake broken) throws Exception {
    BrokenLake.copy(small, temp);
    broken.breakIt(temp);
    TrinoLake lake =
        started.withLake(broken.name().toLowerCase(Locale.ROOT), temp, SqlFiles.VIEWS.statements());
    String check = SqlFiles.CHECKS.find(broken.check()).orElseThrow();

    MaterializedResult found = lake.query(check);

    assertThat(found.getRowCount()).isPositive();
    try (LakeDatabase sameLake = LakeDatabase.open(temp)) {
      SameRows.assertSame(broken.check(), sameLake.query(check), found);
    }
  }

  @ParameterizedTest
  @MethodSource("views")
  void viewsAnswerWithTheRealClock(String view) {
    assertThat(realClock.query("SELECT * FROM " + view).getRowCount()).isPositive();
  }

  @Test
  void goldIsTheSameSortedRows() throws Exception {
    for (Map.Entry<String, String> gold : SqlFiles.GOLD.statements().entrySet()) {
      String rows = gold.getValue().replace("${day}", "2026-10-05");

      // Where rows are written, an ORDER BY alone would be dropped.
      assertThat(planOfCopy(rows)).as(gold.getKey()).contains("Sort[");
      assertThat(planOfCopy(rows.replace("OFFSET 0", ""))).doesNotContain("Sort[");
      try (LakeDatabase sameLake = LakeDatabase.open(small)) {
        SameRows.assertSameOrder(gold.getKey(), sameLake.query(rows), realClock.query(rows));
      }
    }
  }

  @Test
  void goldOfTheLaptopIsReadable() throws Exception {
    BrokenLake.copy(small, temp);
    try (LakeDatabase lake = LakeDatabase.open(temp)) {
      new GoldCopies(temp, lake).make(LocalDate.of(2026, 10, 5));
      TrinoLake sameLake = started.withLake("gold", temp, Map.of());
      for (String table : SqlFiles.GOLD.statements().keySet()) {
        String all = "SELECT * FROM " + table + "_gold";
        SameRows.assertSame(table, lake.query(all), sameLake.query(all));
      }
    }
  }

  @Test
  void aFilterOnTheDayReachesTheFilesThroughTheViews() {
    for (String view : new String[] {"productivity_hourly", "label_activity"}) {
      String plan =
          trino
              .query("EXPLAIN SELECT * FROM " + view + " WHERE month = 10 AND day = 3")
              .getOnlyColumnAsSet()
              .toString();
      assertThat(plan).as(view).contains("day:int:PARTITION_KEY\n").contains(":: [[3]]");
    }
  }

  private static String planOfCopy(String rows) {
    return realClock.query("EXPLAIN CREATE TABLE copy AS " + rows).getOnlyValue().toString();
  }

  private static void assertSame(String what, String sql) throws Exception {
    SameRows.assertSame(what, duckDb.query(sql), trino.query(sql));
  }
}
