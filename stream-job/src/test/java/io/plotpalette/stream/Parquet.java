package io.plotpalette.stream;

import io.plotpalette.model.lake.LakeTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads a lake folder back through DuckDB. */
public final class Parquet {
  private Parquet() {}

  /** The table function over all files of a table. */
  public static String files(Path lake, LakeTable table) {
    return "read_parquet('%s/%s/*/*/*/*.parquet', hive_partitioning = true)"
        .formatted(lake, table.path());
  }

  /** Whether the table has a finished file. */
  public static boolean exists(Path lake, LakeTable table) throws Exception {
    Path folder = lake.resolve(table.path());
    if (!Files.exists(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(path -> path.getFileName().toString())
          .anyMatch(name -> name.endsWith(".parquet") && !name.startsWith("."));
    }
  }

  /** The rows, cells joined by a bar. */
  public static List<String> query(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> lines = new ArrayList<>();
      while (rows.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          cells.add(String.valueOf(rows.getObject(i)));
        }
        lines.add(String.join("|", cells));
      }
      return lines;
    }
  }
}
