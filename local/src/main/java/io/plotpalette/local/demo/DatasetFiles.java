package io.plotpalette.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.local.client.JobsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A finished dataset in a folder, as its user has fetched it, read by DuckDB. */
public final class DatasetFiles {
  private final Path folder;

  private DatasetFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * Fetches every file of a job.
   *
   * @throws IOException if one is not what the API says it is
   */
  public static DatasetFiles fetch(JobsClient jobs, String jobId, Path folder)
      throws IOException, InterruptedException {
    for (JsonNode download : jobs.downloads(jobId)) {
      Path file = folder.resolve(download.get("file").textValue());
      Files.createDirectories(file.getParent());
      jobs.fetch(download, file);
      String sha256 = sha256(file);
      if (!sha256.equals(download.get("sha256").textValue())) {
        throw new IOException(
            "%s has the SHA-256 %s, not %s".formatted(file, sha256, download.get("sha256")));
      }
    }
    return new DatasetFiles(folder);
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** The indexes of the records, in the order in which they stand in the Parquet file. */
  public List<Long> indexes() throws SQLException {
    return rows("SELECT record_index FROM " + parquet()).stream()
        .map(row -> Long.valueOf(row.get(0)))
        .toList();
  }

  /** The first records, a line of JSON each. */
  public List<String> first(int count) throws IOException {
    try (var lines = Files.lines(folder.resolve("dataset.jsonl"))) {
      return lines.limit(count).toList();
    }
  }

  /** How many rows of one format are not in another, over all three; 0 if all hold the same. */
  public long differences() throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    rows("SELECT column_name, column_type FROM (DESCRIBE FROM " + parquet() + ")")
        .forEach(column -> types.put(column.get(0), column.get(1)));
    String columns =
        types.entrySet().stream()
            .map(column -> "'%s': '%s'".formatted(column.getKey(), column.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
    String jsonl =
        "read_json('%s', format = 'newline_delimited', columns = %s)"
            .formatted(folder.resolve("dataset.jsonl"), columns);
    String csv =
        ("read_csv('%s', header = true, auto_detect = false, delim = ',', quote = '\"',"
                + " escape = '\"', new_line = '\\r\\n', allow_quoted_nulls = false, columns = %s)")
            .formatted(folder.resolve("dataset.csv"), columns);
    long differences = 0;
    for (String other : List.of(jsonl, csv)) {
      for (String sql :
          List.of(
              "SELECT count(*) FROM (FROM %s EXCEPT ALL FROM %s)".formatted(parquet(), other),
              "SELECT count(*) FROM (FROM %s EXCEPT ALL FROM %s)".formatted(other, parquet()))) {
        differences += Long.parseLong(rows(sql).get(0).get(0));
      }
    }
    return differences;
  }

  private String parquet() {
    return "read_parquet('%s')".formatted(folder.resolve("dataset.parquet"));
  }

  private static List<List<String>> rows(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
      return rows;
    }
  }
}
