package io.plotpalette.local.sql;

import io.plotpalette.model.lake.DayPartition;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.sql.SqlFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the gold copies of a day: each table's rows of {@code sql/gold} as one sorted file. A day
 * made again is replaced, and the same rows give the same bytes.
 */
public final class GoldCopies {
  private static final String FILE = "part-0.parquet";

  private final Path bucket;
  private final LakeDatabase lake;

  /**
   * @param bucket the folder that holds {@code lake/}
   * @param lake over the same folder
   */
  public GoldCopies(Path bucket, LakeDatabase lake) {
    this.bucket = bucket;
    this.lake = lake;
  }

  /**
   * One table's copy.
   *
   * @param sourceFiles how many files the day has in the table itself
   * @param sourceBytes their size together
   * @param rows in the copy; without rows there is no file
   * @param bytes of the copy's file, 0 without rows
   */
  public record Copy(String table, long sourceFiles, long sourceBytes, long rows, long bytes) {}

  /**
   * Copies a day of every table.
   *
   * @param day in UTC
   */
  public List<Copy> make(LocalDate day) throws SQLException, IOException {
    List<Copy> copies = new ArrayList<>();
    for (Map.Entry<String, String> gold : SqlFiles.GOLD.statements().entrySet()) {
      copies.add(copy(table(gold.getKey()), day, gold.getValue().replace("${day}", "" + day)));
    }
    return copies;
  }

  private static LakeTable table(String name) {
    for (LakeTable table : LakeTable.values()) {
      if (table.sqlName().equals(name)) {
        return table;
      }
    }
    throw new IllegalStateException("sql/gold/" + name + ".sql is named after no table");
  }

  private Copy copy(LakeTable table, LocalDate day, String statement)
      throws SQLException, IOException {
    String partition = DayPartition.of(day.atStartOfDay().toInstant(ZoneOffset.UTC));
    Path folder = bucket.resolve(LakeFiles.goldOf(table).path()).resolve(partition);
    Files.createDirectories(folder);
    // No reader sees a name that begins with a dot.
    Path unfinished = folder.resolve("." + FILE);
    long rows =
        lake.copyTo(unfinished, "SELECT %s FROM (%s) AS gold".formatted(columns(table), statement));
    if (rows == 0) {
      Files.delete(unfinished);
    } else {
      Files.move(
          unfinished,
          folder.resolve(FILE),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    for (Path other : files(folder)) {
      if (rows == 0 || !other.getFileName().toString().equals(FILE)) {
        Files.delete(other);
      }
    }
    if (rows == 0) {
      Files.delete(folder);
    }
    List<Path> sources = files(bucket.resolve(table.path()).resolve(partition));
    long bytes = 0;
    for (Path source : sources) {
      bytes += Files.size(source);
    }
    return new Copy(
        table.sqlName(),
        sources.size(),
        bytes,
        rows,
        rows == 0 ? 0 : Files.size(folder.resolve(FILE)));
  }

  /** The file's columns: the folder tells the day, and times have milliseconds as in bronze. */
  private static String columns(LakeTable table) {
    return LakeFiles.of(table).columns().entrySet().stream()
        .map(
            column ->
                column.getValue().equals("TIMESTAMP")
                    ? "CAST(%1$s AS TIMESTAMP_MS) AS %1$s".formatted(column.getKey())
                    : column.getKey())
        .collect(Collectors.joining(", "));
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }
}
