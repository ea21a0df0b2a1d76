package io.plotpalette.generator.export;

import io.plotpalette.model.job.JobPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads exported files back. */
final class ExportedFiles {
  private static final String COLUMNS =
      "{record_index: 'BIGINT', story: 'VARCHAR', facts_mood: 'VARCHAR', facts_words: 'BIGINT',"
          + " facts_score: 'DOUBLE', facts_happy_end: 'BOOLEAN', facts_themes: '%1$s',"
          + " facts_other: '%1$s', remarks: '%1$s', category: 'VARCHAR', seed_ref: 'BIGINT',"
          + " generated_at: 'VARCHAR'}";

  private static final String ROW =
      "SELECT record_index, story, facts_mood, facts_words, facts_score, facts_happy_end,"
          + " CAST(facts_themes AS VARCHAR), CAST(facts_other AS VARCHAR),"
          + " CAST(remarks AS VARCHAR), category, seed_ref, ";

  private ExportedFiles() {}

  /** SHA-256 of every file below the exports, by path; nothing left out. */
  static Map<String, String> bytes(Path folder) {
    Path exports = folder.resolve(JobPaths.exports(TestingOutputs.JOB_ID));
    Map<String, String> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(exports)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        bytes.put(
            exports.relativize(file).toString(),
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    return bytes;
  }

  static List<List<Object>> jsonl(Path file) throws SQLException {
    return query(
        ROW
            + "CAST(replace(generated_at, 'Z', '') AS TIMESTAMP) FROM read_json('%s',"
                .formatted(file)
            + " format = 'newline_delimited', columns = "
            + COLUMNS.formatted("JSON")
            + ")");
  }

  static List<List<Object>> csv(Path file) throws SQLException {
    return query(
        ROW
            + "CAST(replace(generated_at, 'Z', '') AS TIMESTAMP) FROM read_csv('%s',"
                .formatted(file)
            + " header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
            + " new_line = '\\r\\n', allow_quoted_nulls = false, columns = "
            + COLUMNS.formatted("VARCHAR")
            + ")");
  }

  static List<List<Object>> parquet(Path file) throws SQLException {
    return query(ROW + "generated_at FROM read_parquet('%s')".formatted(file));
  }

  static List<List<Object>> query(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<List<Object>> result = new ArrayList<>();
      while (rows.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getObject(i));
        }
        result.add(row);
      }
      return result;
    }
  }
}
