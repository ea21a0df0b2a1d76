package io.plotpalette.local.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the views say of generation jobs, held against the tables by other means. */
class GenerationViewsTest {
  @TempDir private static Path bucket;
  private static LakeDatabase lake;

  @BeforeAll
  static void generate() throws Exception {
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:")) {
      GeneratedJobs.write(bucket, duckDb, Instant.parse("2026-10-01T00:00:00Z"), 3);
    }
    lake = LakeDatabase.open(bucket);
  }

  @AfterAll
  static void close() throws Exception {
    lake.close();
  }

  @Test
  void daysUsersAndModelsAddUpToWhatJobsHaveSpent() throws Exception {
    String spent = one("SELECT sum(cost_nano_usd) FROM generation_jobs");

    assertThat(one("SELECT sum(cost_nano_usd) FROM generation_costs_daily")).isEqualTo(spent);
    assertThat(one("SELECT CAST(round(sum(cost_usd) * 1e9, -3) AS bigint) FROM model_usage"))
        .isEqualTo(one("SELECT CAST(round(%s, -3) AS bigint)".formatted(spent)));
    assertThat(one("SELECT CAST(sum(calls) AS bigint) FROM model_usage"))
        .isEqualTo(one("SELECT CAST(sum(calls) AS bigint) FROM generation_usage"));
  }

  @Test
  void aDayIsThatOfItsRecords() throws Exception {
    assertThat(
            one(
                "SELECT count(*) FROM generation_costs_daily AS days JOIN generation_usage AS used"
                    + " USING (user_id, model, year, month, day)"
                    + " WHERE CAST(used.last_record_at AS date) <> days.calendar_day"))
        .isEqualTo("0");
    assertThat(one("SELECT count(DISTINCT calendar_day) FROM generation_costs_daily"))
        .isEqualTo("31");
  }

  @Test
  void everyModelHasItsRow() throws Exception {
    assertThat(lake.query("SELECT model FROM model_usage ORDER BY model").rows())
        .isEqualTo(GeneratedJobs.MODELS.stream().sorted().map(List::of).toList());
  }

  @Test
  void outcomesTellEveryRecordAndNoShareOfNothing() throws Exception {
    assertThat(
            one(
                "SELECT count(*) FROM generation_outcomes"
                    + " WHERE requested = ok + failed + rejected + not_started"))
        .isEqualTo(one("SELECT count(*) FROM generation_jobs"));
    assertThat(
            lake.query(
                    "SELECT count(*) > 0, count(cost_per_ok_usd), count(ran_s), max(waited_s)"
                        + " FROM generation_outcomes WHERE ok = 0 AND started_at IS NULL")
                .rows())
        .containsExactly(Arrays.asList("true", "0", "0", null));
    assertThat(
            lake.query(
                    "SELECT DISTINCT waited_s, ran_s FROM generation_outcomes"
                        + " WHERE started_at IS NOT NULL")
                .rows())
        .containsExactly(List.of("1000", "3000"));
  }

  private static String one(String sql) throws Exception {
    return lake.query(sql).rows().get(0).get(0);
  }
}
