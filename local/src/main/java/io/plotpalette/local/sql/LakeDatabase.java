package io.plotpalette.local.sql;

import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/**
 * The lake in DuckDB: every table with the columns of its schema, and the views of {@code sql/} as
 * they are. Reads what is there at each query. Not for several threads at once.
 */
public final class LakeDatabase implements AutoCloseable {
  /** Views in order of dependency. */
  private static final List<String> VIEWS = List.of("tasks_current", "productivity_hourly");

  private final Path bucket;
  private final Connection connection;
  private final Set<LakeTable> withFiles = EnumSet.noneOf(LakeTable.class);

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
    LakeDatabase database = new LakeDatabase(bucket, DriverManager.getConnection("jdbc:duckdb:"));
    for (LakeTable table : LakeTable.values()) {
      database.execute("CREATE VIEW " + table.sqlName() + " AS " + noRows(table));
    }
    database.findFiles();
    for (String view : VIEWS) {
      database.execute(resource("views/" + view + ".sql"));
    }
    return database;
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

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** DuckDB refuses a pattern without files, so a table is empty until its first file is there. */
  private void findFiles() throws SQLException {
    for (LakeTable table : LakeTable.values()) {
      if (!withFiles.contains(table) && hasFiles(table)) {
        execute(tableOverFiles(table));
        withFiles.add(table);
      }
    }
  }

  private boolean hasFiles(LakeTable table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet file =
            statement.executeQuery("SELECT 1 FROM glob('" + files(table) + "') LIMIT 1")) {
      return file.next();
    }
  }

  /** The table's files as a pattern in a SQL text. */
  private String files(LakeTable table) {
    return (bucket + "/" + table.path() + "/year=*/month=*/day=*/*.parquet").replace("'", "''");
  }

  /** Typed by the schema, so that files of an earlier one have their missing columns as null. */
  private String tableOverFiles(LakeTable table) {
    return """
        CREATE OR REPLACE VIEW %s AS %s
        UNION ALL BY NAME
        SELECT * FROM read_parquet('%s',
          hive_partitioning = true, union_by_name = true,
          hive_types = {year: INTEGER, month: INTEGER, day: INTEGER})"""
        .formatted(table.sqlName(), noRows(table), files(table));
  }

  private static String noRows(LakeTable table) {
    String columns =
        schema(table).getFields().stream()
            .map(field -> "CAST(NULL AS " + duckDbType(field.schema()) + ") AS " + field.name())
            .collect(Collectors.joining(", "));
    return "SELECT "
        + columns
        + ", CAST(NULL AS INTEGER) AS year, CAST(NULL AS INTEGER) AS month,"
        + " CAST(NULL AS INTEGER) AS day WHERE false";
  }

  private static Schema schema(LakeTable table) {
    return new Schema.Parser().parse(table.avroSchema());
  }

  private static String duckDbType(Schema schema) {
    if (schema.isUnion()) {
      return schema.getTypes().stream()
          .filter(type -> type.getType() != Schema.Type.NULL)
          .map(LakeDatabase::duckDbType)
          .findFirst()
          .orElseThrow();
    }
    if (schema.getLogicalType() != null) {
      return schema.getLogicalType().getName().equals("date") ? "DATE" : "TIMESTAMP";
    }
    return switch (schema.getType()) {
      case STRING -> "VARCHAR";
      case INT -> "INTEGER";
      case LONG -> "BIGINT";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
      case ARRAY -> duckDbType(schema.getElementType()) + "[]";
      case MAP -> "MAP(VARCHAR, " + duckDbType(schema.getValueType()) + ")";
      default -> throw new IllegalArgumentException("no column type for " + schema);
    };
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String resource(String name) {
    try (InputStream in = LakeDatabase.class.getResourceAsStream("/sql/" + name)) {
      if (in == null) {
        throw new IllegalStateException("sql/" + name + " is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read sql/" + name, e);
    }
  }
}
