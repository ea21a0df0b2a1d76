package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.sql.TextTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks the lake, whether the product runs or not. */
@Command(
    name = "sql",
    description = {
      "Ask the lake in SQL (DuckDB). Tables: task_changes, task_insights_hourly;",
      "views: tasks_current, productivity_hourly. Works while the product runs and when it is down."
    },
    mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "STATEMENT",
      description = "One statement; without it, statements ending in ; are read from the terminal.")
  private String statement;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (LakeDatabase lake = LakeDatabase.open(ProjectFolder.open().data().bucket())) {
      if (statement == null) {
        converse(lake, out);
      } else {
        try {
          print(lake, statement, out);
        } catch (SQLException e) {
          throw new UsageException(e.getMessage(), e);
        }
      }
    }
    return 0;
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
