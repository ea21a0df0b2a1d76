package io.plotpalette.local.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.lake.GenerationTable;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.sql.SqlFiles;
import io.plotpalette.model.sql.ViewOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SqlFilesTest {
  private static final Path SQL = Path.of("../sql");
  private static final Pattern COLUMN = Pattern.compile("(?m)^  ([a-z0-9_]+) ([a-z].*?),?$");

  @Test
  void everyFileOfTheFolderIsPackaged() throws Exception {
    List<String> files;
    try (Stream<Path> paths = Files.walk(SQL)) {
      files =
          paths
              .filter(Files::isRegularFile)
              .map(path -> SQL.relativize(path).getParent() + "/" + path.getFileName())
              .sorted()
              .toList();
    }
    List<String> packaged = new ArrayList<>();
    for (SqlFiles kind : SqlFiles.values()) {
      for (String name : kind.statements().keySet()) {
        packaged.add(kind.folder() + "/" + name + ".sql");
      }
    }

    assertThat(packaged).containsExactlyInAnyOrderElementsOf(files);
  }

  @ParameterizedTest
  @EnumSource
  void aFileIsOneStatementUnderAHeader(SqlFiles kind) {
    assertThat(kind.statements())
        .isNotEmpty()
        .allSatisfy(
            (name, statement) -> {
              assertThat(statement).as(name).startsWith("-- ");
              assertThat(statement.replaceAll("--.*", "")).as(name).doesNotContain(";");
              assertThat(SqlFiles.summary(statement)).as(name).isNotEmpty();
            });
  }

  @Test
  void aViewIsNamedAsItsFile() {
    assertThat(SqlFiles.VIEWS.statements())
        .allSatisfy(
            (name, statement) ->
                assertThat(statement).contains("\nCREATE OR REPLACE VIEW " + name + " AS\n"));
  }

  @Test
  void viewsComeAfterThoseTheyRead() {
    assertThat(ViewOrder.of(SqlFiles.VIEWS.statements()))
        .hasSameSizeAs(SqlFiles.VIEWS.statements().keySet())
        .containsSubsequence("task_transitions", "tasks_current", "overdue_now")
        .containsSubsequence("productivity_daily", "backlog_daily");
    assertThat(
            ViewOrder.of(
                Map.of("a", "SELECT 1 FROM b -- c", "b", "SELECT 'a' FROM c", "c", "SELECT 1")))
        .containsExactly("c", "b", "a");
  }

  @Test
  void viewsInACircleAreNamed() {
    assertThatThrownBy(() -> ViewOrder.of(Map.of("a", "SELECT 1 FROM b", "b", "SELECT 1 FROM a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[a, b]");
  }

  @Test
  void bothEnginesDefineEveryTable() {
    assertThat(SqlFiles.ATHENA_TABLES.statements())
        .containsOnlyKeys(LakeDatabase.tables().toArray(String[]::new));
    assertThat(SqlFiles.TRINO_TABLES.statements())
        .containsOnlyKeys(LakeDatabase.tables().toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource
  void athenasColumnsAreTheSchemas(LakeTable table) {
    for (String name : List.of(table.sqlName(), table.sqlName() + "_gold")) {
      assertThat(columns(SqlFiles.ATHENA_TABLES, name, "PARTITIONED BY"))
          .as(name)
          .isEqualTo(expected(table.avroSchema(), Dialect.HIVE));
    }
  }

  @ParameterizedTest
  @EnumSource
  void trinosColumnsAreTheSchemas(LakeTable table) {
    for (String name : List.of(table.sqlName(), table.sqlName() + "_gold")) {
      assertThat(columns(SqlFiles.TRINO_TABLES, name, "  year integer WITH"))
          .as(name)
          .isEqualTo(expected(table.avroSchema(), Dialect.TRINO));
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothEnginesHaveTheColumnsOfGeneration(GenerationTable table) {
    assertThat(columns(SqlFiles.ATHENA_TABLES, table.sqlName(), "PARTITIONED BY"))
        .isEqualTo(expected(table.avroSchema(), Dialect.HIVE));
    assertThat(columns(SqlFiles.TRINO_TABLES, table.sqlName(), "  year integer WITH"))
        .isEqualTo(expected(table.avroSchema(), Dialect.TRINO));
  }

  @Test
  void quarantinesColumnsAreTheLines() {
    assertThat(columns(SqlFiles.ATHENA_TABLES, "task_changes_quarantine", "PARTITIONED BY"))
        .containsExactly("rule string", "reason string", "rejected_at string", "record string");
    assertThat(columns(SqlFiles.TRINO_TABLES, "task_changes_quarantine", "  year integer WITH"))
        .containsExactly("rule varchar", "reason varchar", "rejected_at varchar", "record varchar");
  }

  static Stream<LakeFiles> tables() {
    return LakeFiles.all().stream();
  }

  @ParameterizedTest
  @MethodSource("tables")
  void foldersAreTheLakes(LakeFiles table) {
    String athena = SqlFiles.ATHENA_TABLES.find(table.table()).orElseThrow();
    String trino = SqlFiles.TRINO_TABLES.find(table.table()).orElseThrow();
    String day = table.path() + "/year=${year}/month=${month}/day=${day}";

    assertThat(athena)
        .contains("EXISTS " + table.table() + " (")
        .contains("PARTITIONED BY (year int, month int, day int)\n")
        .contains("LOCATION '${bucket}/" + table.path() + "/'")
        .contains("'storage.location.template' = '${bucket}/" + day + "/'")
        .contains("'projection.month.digits' = '2'")
        .contains("'projection.day.digits' = '2'");
    assertThat(trino)
        .contains("EXISTS " + table.table() + " (")
        .contains("partitioned_by = ARRAY['year', 'month', 'day']")
        .contains("external_location = '${bucket}/" + table.path() + "'")
        .contains("    '${bucket}/" + day + "'");
  }

  @Test
  void everyTableHasItsGoldCopyOfAllColumns() {
    assertThat(SqlFiles.GOLD.statements())
        .containsOnlyKeys(
            Arrays.stream(LakeTable.values()).map(LakeTable::sqlName).toArray(String[]::new));
    for (LakeTable table : LakeTable.values()) {
      String statement = SqlFiles.GOLD.find(table.sqlName()).orElseThrow();
      Set<String> columns = LakeFiles.of(table).columns().keySet();
      assertThat(statement)
          .contains("SELECT\n  " + String.join(",\n  ", columns) + "\nFROM (")
          .contains("${day}");
    }
  }

  @Test
  void thePageListsEveryTableAndStatement() throws Exception {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/sql.md")).stream()
            .takeWhile(line -> !line.equals("## Gold"))
            .filter(line -> line.startsWith("| `"))
            .toList();
    List<String> statements = new ArrayList<>();
    for (SqlFiles kind : List.of(SqlFiles.VIEWS, SqlFiles.CHECKS, SqlFiles.QUERIES)) {
      kind.statements()
          .forEach(
              (name, statement) ->
                  statements.add("| `%s` | %s |".formatted(name, SqlFiles.summary(statement))));
    }

    int tables = LakeDatabase.tables().size();
    assertThat(rows.subList(tables, rows.size())).isEqualTo(statements);
    assertThat(rows.subList(0, tables))
        .extracting(row -> row.split("`")[1])
        .containsExactlyInAnyOrderElementsOf(LakeDatabase.tables());
  }

  private enum Dialect {
    HIVE,
    TRINO
  }

  private static List<String> columns(SqlFiles kind, String table, String end) {
    String statement = kind.find(table).orElseThrow();
    String list = statement.substring(statement.indexOf("(\n"), statement.indexOf(end));
    return COLUMN.matcher(list).results().map(SqlFilesTest::nameAndType).toList();
  }

  private static String nameAndType(MatchResult column) {
    return column.group(1) + " " + column.group(2);
  }

  private static List<String> expected(String avroSchema, Dialect dialect) {
    return new Schema.Parser()
        .parse(avroSchema).getFields().stream()
            .map(field -> field.name() + " " + type(field.schema(), dialect))
            .collect(Collectors.toList());
  }

  private static String type(Schema schema, Dialect dialect) {
    boolean hive = dialect == Dialect.HIVE;
    if (schema.isUnion()) {
      return schema.getTypes().stream()
          .filter(type -> type.getType() != Schema.Type.NULL)
          .map(type -> type(type, dialect))
          .collect(Collectors.joining());
    }
    if (schema.getLogicalType() != null) {
      return switch (schema.getLogicalType().getName()) {
        case "date" -> "date";
        case "local-timestamp-millis" -> hive ? "timestamp" : "timestamp(3)";
        default -> throw new AssertionError("no column type for " + schema);
      };
    }
    return switch (schema.getType()) {
      case STRING -> hive ? "string" : "varchar";
      case INT -> hive ? "int" : "integer";
      case LONG -> "bigint";
      case DOUBLE -> "double";
      case BOOLEAN -> "boolean";
      case ARRAY ->
          (hive ? "array<%s>" : "array(%s)").formatted(type(schema.getElementType(), dialect));
      case MAP ->
          (hive ? "map<string,%s>" : "map(varchar, %s)")
              .formatted(type(schema.getValueType(), dialect));
      default -> throw new AssertionError("no column type for " + schema);
    };
  }
}
