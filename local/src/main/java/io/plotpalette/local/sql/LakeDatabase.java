package io.plotpalette.local.sql;

import io.plotpalette.model.sql.SqlFiles;
import io.plotpalette.model.sql.ViewOrder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lake in DuckDB: every table with the columns of its schema, and the views of {@code sql/} as
 * they are. Reads what is there at each query. Not for several threads at once.
 */
public final class LakeDatabase implements AutoCloseable {
  private static final List<LakeFiles> TABLES = LakeFiles.all();

  private final Path bucket;
  private final Connection connection;
  private final Set<LakeFiles> withFiles = new HashSet<>();

  private LakeDatabase(Path bucket, Connection connection) {
    this.bucket = bucket;
    this.connection = connection;
  }

  /**
   * Opens the lake.
   *
   * @param bucket the folder that holds {@code lake/}; need not exist yet
   */
  public static LakeDatabase open(Path bucket) throws SQLException {
    return open(bucket, SqlFiles.VIEWS.statements());
  }

  /**
   * Opens the lake with other views than those of {@code sql/}.
   *
   * @param views the statement that creates a view, by the view's name
   */
  public static LakeDatabase open(Path bucket, Map<String, String> views) throws SQLException {
    LakeDatabase database = new LakeDatabase(bucket, DriverManager.getConnection("jdbc:duckdb:"));
    for (LakeFiles table : TABLES) {
      database.execute(table.emptyView());
    }
    database.findFiles();
    for (String view : ViewOrder.of(views)) {
      database.execute(views.get(view));
    }
    return database;
  }

  /** The names of the lake's tables. */
  public static List<String> tables() {
    return TABLES.stream().map(LakeFiles::table).sorted().toList();
  }

  /** A query's column names and rows, every value as text and null as null. */
  public record Result(List<String> columns, List<List<String>> rows) {}

  /**
   * Runs one statement.
   *
   * @throws SQLException with DuckDB's message if the statement is wrong
   */
  public Result query(String sql) throws SQLException {
    findFiles();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int width = rows.getMetaData().getColumnCount();
      List<String> columns = new ArrayList<>(width);
      for (int i = 1; i <= width; i++) {
        columns.add(rows.getMetaData().getColumnName(i));
      }
      List<List<String>> values = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>(width);
        for (int i = 1; i <= width; i++) {
          row.add(rows.getString(i));
        }
        values.add(row);
      }
      return new Result(columns, values);
    }
  }

  /**
   * Runs every check of {@code sql/checks}.
   *
   * @return what each found, by the check's name; without rows if all is well
   */
  public Map<String, Result> runChecks() throws SQLException {
    Map<String, Result> found = new LinkedHashMap<>();
    for (Map.Entry<String, String> check : SqlFiles.CHECKS.statements().entrySet()) {
      found.put(check.getKey(), query(check.getValue()));
    }
    return found;
  }

  /** Writes a query's rows to a Parquet file, replacing it; returns how many rows there were. */
  long copyTo(Path file, String query) throws SQLException {
    findFiles();
    try (Statement statement = connection.createStatement()) {
      return statement.executeLargeUpdate(
          "COPY (%s) TO '%s' (FORMAT parquet, CODEC zstd)"
              .formatted(query, file.toString().replace("'", "''")));
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** DuckDB refuses a pattern without files, so a table is empty until its first file is there. */
  private void findFiles() throws SQLException {
    for (LakeFiles table : TABLES) {
      boolean known = withFiles.contains(table);
      if (known != hasFiles(table)) {
        execute(known ? table.emptyView() : table.viewOverFiles(bucket.toString()));
        if (!withFiles.remove(table)) {
          withFiles.add(table);
        }
      }
    }
  }

  private boolean hasFiles(LakeFiles table) throws SQLException {
    try (PreparedStatement files = connection.prepareStatement("SELECT 1 FROM glob(?) LIMIT 1")) {
      files.setString(1, table.pattern(bucket.toString()));
      try (ResultSet file = files.executeQuery()) {
        return file.next();
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
