package io.plotpalette.local.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldCopiesTest {
  private static final LocalDate DAY = LocalDate.of(2026, 10, 5);
  private static final String FOLDER = "year=2026/month=10/day=05";

  @TempDir private Path bucket;

  @BeforeEach
  void generate() throws Exception {
    GeneratedMonth.write(bucket, 40, 3_000, 11);
  }

  @Test
  void goldOfADayIsBronzeOfThatDayOnceSortedInOneFile() throws Exception {
    Path bronze = bucket.resolve("lake/bronze/task_changes").resolve(FOLDER);
    Files.copy(files(bronze).get(0), bronze.resolve("again.parquet"));

    make();

    assertThat(files(gold("task_changes"))).hasSize(1);
    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      String ofTheDay = " WHERE year = 2026 AND month = 10 AND day = 5";
      assertThat(lake.query("SELECT * FROM task_changes_gold").rows())
          .isNotEmpty()
          .isEqualTo(
              lake.query(
                      "SELECT DISTINCT * FROM task_changes"
                          + ofTheDay
                          + " ORDER BY user_id, task_id, version, change_id")
                  .rows());
    }
  }

  @Test
  void goldOfSilverIsTheNewestRevisionOfEveryWindow() throws Exception {
    make();

    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      for (List<String> pair :
          List.of(
              List.of("task_insights_hourly_gold", "productivity_hourly", "user_id, window_start"),
              List.of("task_insights_daily_gold", "productivity_daily", "user_id, window_start"),
              List.of("task_activity_minutely_gold", "activity_per_minute", "window_start"))) {
        assertThat(lake.query("SELECT * FROM " + pair.get(0)).rows())
            .as(pair.get(0))
            .isNotEmpty()
            .isEqualTo(
                lake.query(
                        "SELECT * FROM %s WHERE month = 10 AND day = 5 ORDER BY %s"
                            .formatted(pair.get(1), pair.get(2)))
                    .rows());
      }
    }
  }

  @Test
  void theFileHasTheColumnsAndTypesOfBronze() throws Exception {
    make();

    assertThat(schema(gold("task_changes")))
        .isNotEmpty()
        .isEqualTo(schema(bucket.resolve("lake/bronze/task_changes").resolve(FOLDER)));
  }

  @Test
  void madeAgainNothingChanges() throws Exception {
    make();
    byte[] first = Files.readAllBytes(files(gold("task_changes")).get(0));

    make();

    assertThat(files(gold("task_changes"))).hasSize(1);
    assertThat(Files.readAllBytes(files(gold("task_changes")).get(0))).isEqualTo(first);
  }

  @Test
  void madeAgainItReplacesWhatIsThere() throws Exception {
    make();
    Path bronze = bucket.resolve("lake/bronze/task_changes").resolve(FOLDER);
    Files.delete(files(bronze).get(0));
    Path leftOver = gold("task_changes").resolve("part-of-another-engine.parquet");
    Files.copy(files(gold("task_changes")).get(0), leftOver);

    make();

    assertThat(gold("task_changes")).doesNotExist();
    assertThat(files(gold("task_insights_daily"))).hasSize(1);
  }

  @Test
  void aDayWithoutRowsHasNoFiles() throws Exception {
    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      assertThat(new GoldCopies(bucket, lake).make(LocalDate.of(2026, 9, 1)))
          .hasSize(4)
          .allSatisfy(copy -> assertThat(copy.rows()).isZero());
      assertThat(lake.query("SELECT * FROM task_changes_gold").rows()).isEmpty();
    }
  }

  private List<GoldCopies.Copy> make() throws Exception {
    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      return new GoldCopies(bucket, lake).make(DAY);
    }
  }

  private Path gold(String table) {
    return bucket.resolve("lake/gold").resolve(table).resolve(FOLDER);
  }

  private static List<Path> files(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<List<String>> schema(Path folder) throws Exception {
    try (LakeDatabase lake = LakeDatabase.open(folder)) {
      return lake.query(
              "SELECT name, type, converted_type FROM parquet_schema('%s')"
                  .formatted(files(folder).get(0)))
          .rows();
    }
  }
}
