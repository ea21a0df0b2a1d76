package io.plotpalette.local.bench.stream;

import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a lake holds, for comparison: per table the number of rows, sums, and the sum of a hash of
 * every column that does not tell when or how it was written. Silver counts with the newest
 * revision of each window.
 *
 * @param tables a line each
 * @param rows of bronze
 */
record LakeDigest(Map<LakeTable, String> tables, long rows) {
  /** Quantiles of more values come from a sketch, and differ from run to run. */
  private static final int EXACT = 200;

  /** Twice the rank error that a sketch stays below with 99 % confidence. */
  private static final double RANK_ERROR = 0.033;

  static LakeDigest of(Path bucket) throws SQLException {
    Map<LakeTable, String> tables = new EnumMap<>(LakeTable.class);
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      statement.execute("set threads = 2");
      statement.execute("set preserve_insertion_order = false");
      statement.execute("set memory_limit = '2GB'");
      List<String> bronze = row(statement, bronze(bucket));
      tables.put(LakeTable.TASK_CHANGES, String.join(" ", bronze));
      silver(tables, statement, bucket, LakeTable.TASK_INSIGHTS_HOURLY, "hour", "user_id");
      silver(tables, statement, bucket, LakeTable.TASK_INSIGHTS_DAILY, "day", "user_id");
      silver(tables, statement, bucket, LakeTable.TASK_ACTIVITY_MINUTELY, "minute", "''");
      return new LakeDigest(tables, Long.parseLong(bronze.get(0)));
    }
  }

  /** Rows of bronze alone, which takes no time. */
  static long bronzeRows(Path bucket) throws SQLException {
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      String count = "select count(*) from " + files(bucket, LakeTable.TASK_CHANGES);
      return Long.parseLong(row(statement, count).get(0));
    }
  }

  /** Lines of quarantine, and the first of them. */
  static List<String> quarantined(Path bucket) throws IOException {
    Path folder = bucket.resolve(LakeTable.TASK_CHANGES_QUARANTINE_PATH);
    List<String> lines = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
          lines.addAll(Files.readAllLines(file));
        }
      }
    }
    return lines;
  }

  private static String files(Path bucket, LakeTable table) {
    return "read_parquet('%s/**/*.parquet', hive_partitioning = true)"
        .formatted(bucket.resolve(table.path()).toString().replace("'", "''"));
  }

  private static String bronze(Path bucket) {
    return """
        select count(*), count(distinct change_id), sum(version),
               sum(coalesce(previous_version, 0)), sum(len(labels)), sum(len(description)),
               sum(hash(row)::hugeint)
          from (select * exclude (ingested_at)
                       replace (list_sort(map_entries(metadata)) as metadata)
                  from %s) row
        """
        .formatted(files(bucket, LakeTable.TASK_CHANGES));
  }

  private static void silver(
      Map<LakeTable, String> tables,
      Statement statement,
      Path bucket,
      LakeTable table,
      String grain,
      String user)
      throws SQLException {
    String newest =
        """
        (select * from %s
         qualify revision = max(revision) over (partition by %s, window_start))
        """
            .formatted(files(bucket, table), user);
    List<String> digest =
        row(
            statement,
            """
            select count(*), sum(created), sum(updated), sum(deleted), sum(completed),
                   sum(reopened), sum(cancelled), sum(open_delta), sum(on_time),
                   sum(overdue_completed), sum(lead_time_count),
                   round(sum(lead_time_mean_s * lead_time_count) * 1000)::hugeint,
                   count(*) filter (not is_final), sum(hash(row)::hugeint)
              from (select * exclude (emitted_at, revision)
                           replace (
                             case when lead_time_count <= %1$d then lead_time_p50_s end
                               as lead_time_p50_s,
                             case when lead_time_count <= %1$d then lead_time_p95_s end
                               as lead_time_p95_s)
                      from %2$s) row
            """
                .formatted(EXACT, newest));
    List<String> wrongRanks =
        row(
            statement,
            """
            with windows as (select %1$s as owner, * from %2$s where lead_time_count > %3$d),
            completions as (
              select %1$s as owner, date_trunc('%4$s', changed_at) as window_start,
                     epoch_ms(completed_at - created_at) / 1000.0 as lead_time_s
                from (select * from %5$s)
               where change_type <> 'DELETED' and status = 'done'
                 and previous_status is distinct from 'done'),
            ranks as (
              select avg((lead_time_s <= lead_time_p50_s)::int) as p50,
                     avg((lead_time_s <= lead_time_p95_s)::int) as p95
                from windows join completions using (owner, window_start)
               group by owner, window_start)
            select count(*) from ranks
             where abs(p50 - 0.5) > %6$s or abs(p95 - 0.95) > %6$s
            """
                .formatted(
                    user, newest, EXACT, grain, files(bucket, LakeTable.TASK_CHANGES), RANK_ERROR));
    tables.put(table, String.join(" ", digest) + " wrong ranks " + wrongRanks.get(0));
  }

  private static List<String> row(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        values.add(rows.getString(i));
      }
      return values;
    }
  }
}
