package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.sql.TextTable;
import io.plotpalette.model.sql.SqlFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks the lake, whether the product runs or not. */
@Command(
    name = "sql",
    description = {
      "Ask the lake in SQL (DuckDB). Works while the product runs and when it is down.",
      "--list names the tables, views, checks and queries there are; more in docs/sql.md."
    },
    mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
  private static final int MAX_ROWS_OF_A_CHECK = 20;

  @Spec private CommandSpec spec;

  @ArgGroup private Choice choice;

  /** What to run; nothing for statements from the terminal. */
  private static final class Choice {
    @Parameters(
        arity = "0..1",
        paramLabel = "STATEMENT",
        description =
            "One statement; without it, statements ending in ; are read from the terminal.")
    private String statement;

    @Option(names = "--list", description = "List tables, views, checks and queries.")
    private boolean list;

    @Option(
        names = "--checks",
        description = "Run every check; exits 1 if one finds something, and prints what.")
    private boolean checks;

    @Option(
        names = "--run",
        paramLabel = "NAME",
        description = "Run a query or check that --list names.")
    private String name;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (choice != null && choice.list) {
      list(out);
      return 0;
    }
    try (LakeDatabase lake = LakeDatabase.open(ProjectFolder.open().data().bucket())) {
      if (choice == null) {
        converse(lake, out);
        return 0;
      }
      if (choice.checks) {
        return check(lake, out);
      }
      try {
        print(lake, choice.name == null ? choice.statement : saved(choice.name), out);
      } catch (SQLException e) {
        throw new UsageException(e.getMessage(), e);
      }
      return 0;
    }
  }

  private static void list(PrintWriter out) {
    out.println("tables");
    LakeDatabase.tables().forEach(table -> out.println("  " + table));
    for (SqlFiles kind : List.of(SqlFiles.VIEWS, SqlFiles.CHECKS, SqlFiles.QUERIES)) {
      out.println(kind.folder());
      kind.statements()
          .forEach(
              (name, statement) -> out.printf("  %-32s %s%n", name, SqlFiles.summary(statement)));
    }
  }

  /** Returns the exit code: 1 if a check found something. */
  static int check(LakeDatabase lake, PrintWriter out) throws SQLException {
    int failed = 0;
    for (Map.Entry<String, LakeDatabase.Result> check : lake.runChecks().entrySet()) {
      LakeDatabase.Result found = check.getValue();
      int rows = found.rows().size();
      out.printf("%-32s %s%n", check.getKey(), rows == 0 ? "ok" : rows + " found");
      if (rows > 0) {
        failed++;
        List<List<String>> shown = found.rows().subList(0, Math.min(rows, MAX_ROWS_OF_A_CHECK));
        out.println(TextTable.of(new LakeDatabase.Result(found.columns(), shown)));
        if (shown.size() < rows) {
          out.println("All of them: ./palette sql --run " + check.getKey());
        }
      }
    }
    return failed == 0 ? 0 : 1;
  }

  private static String saved(String name) {
    return SqlFiles.QUERIES
        .find(name)
        .or(() -> SqlFiles.CHECKS.find(name))
        .orElseThrow(
            () ->
                new UsageException(
                    "No query or check is named '%s'; ./palette sql --list names them."
                        .formatted(name)));
  }

  private static void converse(LakeDatabase lake, PrintWriter out) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder gathered = new StringBuilder();
    prompt(out, "sql> ");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      gathered.append(line).append('\n');
      if (line.stripTrailing().endsWith(";")) {
        try {
          print(lake, gathered.toString(), out);
        } catch (SQLException e) {
          out.println(e.getMessage());
        }
        gathered.setLength(0);
      }
      prompt(out, gathered.isEmpty() ? "sql> " : "  -> ");
    }
    out.println();
  }

  private static void print(LakeDatabase lake, String sql, PrintWriter out) throws SQLException {
    out.println(TextTable.of(lake.query(sql)));
  }

  private static void prompt(PrintWriter out, String text) {
    out.print(text);
    out.flush();
  }
}
