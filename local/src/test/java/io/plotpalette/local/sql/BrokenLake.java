package io.plotpalette.local.sql;

import io.plotpalette.model.lake.GenerationTable;
import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** A lake that was right, and the ways to break it that the checks are there for. */
public enum BrokenLake {
  CHANGE_TWICE("bronze_duplicate_change_ids") {
    @Override
    public void breakIt(Path bucket) throws IOException {
      Path day = day(bucket, LakeTable.TASK_CHANGES, "05");
      Files.copy(fileOf(day), day.resolve("again.parquet"));
    }
  },
  VERSION_TWICE("bronze_duplicate_versions") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      Path day = day(bucket, LakeTable.TASK_CHANGES, "05");
      select(
          "* REPLACE ('other-' || change_id AS change_id)",
          fileOf(day),
          "LIMIT 1",
          day.resolve("again.parquet"));
    }
  },
  VERSION_MISSING("bronze_version_gaps") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      rewrite(
          day(bucket, LakeTable.TASK_CHANGES, "05"),
          "*",
          "WHERE change_id <> (SELECT min(change_id) FROM given WHERE change_type = 'CREATED'"
              + " AND task_id IN (SELECT task_id FROM given WHERE version = 2))");
    }
  },
  WRONG_FOLDER_OF_BRONZE("partition_date_mismatch") {
    @Override
    public void breakIt(Path bucket) throws IOException {
      move(bucket, LakeTable.TASK_CHANGES);
    }
  },
  WRONG_FOLDER_OF_SILVER("partition_date_mismatch") {
    @Override
    public void breakIt(Path bucket) throws IOException {
      move(bucket, LakeTable.TASK_ACTIVITY_MINUTELY);
    }
  },
  HOUR_MISCOUNTED("silver_differs_from_bronze") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      rewrite(
          day(bucket, LakeTable.TASK_INSIGHTS_HOURLY, "05"), "* REPLACE (created + 1 AS created)");
    }
  },
  DAY_MISCOUNTED("silver_differs_from_bronze") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      rewrite(
          day(bucket, LakeTable.TASK_INSIGHTS_DAILY, "05"),
          "* REPLACE (lead_time_max_s + 1 AS lead_time_max_s)");
    }
  },
  MINUTE_MISCOUNTED("silver_differs_from_bronze") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      rewrite(
          day(bucket, LakeTable.TASK_ACTIVITY_MINUTELY, "05"),
          "* REPLACE (open_delta - 1 AS open_delta)");
    }
  },
  WINDOWS_LOST("silver_missing_final_windows") {
    @Override
    public void breakIt(Path bucket) throws IOException {
      Files.delete(fileOf(day(bucket, LakeTable.TASK_INSIGHTS_DAILY, "05")));
    }
  },
  WINDOWS_NEVER_FINAL("silver_missing_final_windows") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      rewrite(day(bucket, LakeTable.TASK_INSIGHTS_HOURLY, "05"), "* REPLACE (false AS is_final)");
    }
  },
  REVISION_TWICE("silver_duplicate_revisions") {
    @Override
    public void breakIt(Path bucket) throws IOException {
      Path day = day(bucket, LakeTable.TASK_INSIGHTS_HOURLY, "05");
      Files.copy(fileOf(day), day.resolve("again.parquet"));
    }
  },
  GOLD_OUTDATED("gold_differs_from_bronze") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      Path day = day(bucket, LakeTable.TASK_CHANGES, "05");
      Path gold = Path.of("lake/gold").resolve(LakeTable.TASK_CHANGES.sqlName());
      Path copy = bucket.resolve(gold).resolve("year=2026/month=10/day=05/part-0.parquet");
      Files.createDirectories(copy.getParent());
      select("*", fileOf(day), "OFFSET 1", copy);
    }
  },
  COST_MISCOUNTED("generation_costs_differ") {
    @Override
    public void breakIt(Path bucket) throws IOException, SQLException {
      Path day = bucket.resolve(GenerationTable.USAGE.path()).resolve("year=2026/month=10/day=05");
      rewrite(day, "* REPLACE (cost_nano_usd + 1 AS cost_nano_usd)");
    }
  },
  JOB_WITHOUT_ITS_STEPS("generation_costs_differ") {
    @Override
    public void breakIt(Path bucket) throws IOException {
      Path day = bucket.resolve(GenerationTable.USAGE.path()).resolve("year=2026/month=10/day=05");
      Files.delete(fileOf(day));
    }
  };

  private final String check;

  BrokenLake(String check) {
    this.check = check;
  }

  /** The check of {@code sql/checks} that must find it. */
  public String check() {
    return check;
  }

  /** Breaks the lake below this folder, a month of {@link GeneratedMonth}. */
  public abstract void breakIt(Path bucket) throws IOException, SQLException;

  /** Copies a lake, so that the copy can be broken. */
  public static void copy(Path from, Path to) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(from)) {
      paths = walk.toList();
    }
    for (Path path : paths) {
      Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void move(Path bucket, LakeTable table) throws IOException {
    Files.move(
        fileOf(day(bucket, table, "05")), day(bucket, table, "06").resolve("astray.parquet"));
  }

  private static Path day(Path bucket, LakeTable table, String day) {
    return bucket.resolve(table.path()).resolve("year=2026/month=10/day=" + day);
  }

  private static Path fileOf(Path day) throws IOException {
    try (Stream<Path> files = Files.list(day)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  private static void rewrite(Path day, String columns, String... rest)
      throws IOException, SQLException {
    Path old = fileOf(day);
    select(columns, old, String.join(" ", rest), day.resolve("new.parquet"));
    Files.delete(old);
  }

  private static void select(String columns, Path from, String rest, Path to) throws SQLException {
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      statement.execute(
          "CREATE VIEW given AS SELECT * FROM read_parquet('%s', hive_partitioning = false)"
              .formatted(from.toString().replace("'", "''")));
      statement.execute(
          "COPY (SELECT %s FROM given %s) TO '%s' (FORMAT parquet)"
              .formatted(columns, rest, to.toString().replace("'", "''")));
    }
  }
}
