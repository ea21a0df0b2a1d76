package io.plotpalette.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.sql.BrokenLake;
import io.plotpalette.local.sql.GeneratedMonth;
import io.plotpalette.local.sql.LakeDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SqlCommandTest {
  @TempDir private Path bucket;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void checksExitWithZeroOnGoodDataAndOneOnBroken() throws Exception {
    GeneratedMonth.write(bucket, 20, 1_000, 3);
    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      assertThat(SqlCommand.check(lake, new PrintWriter(out))).isZero();
    }

    BrokenLake.CHANGE_TWICE.breakIt(bucket);
    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      assertThat(SqlCommand.check(lake, new PrintWriter(out, true))).isEqualTo(1);
    }
    assertThat(out.toString())
        .containsPattern("bronze_duplicate_change_ids +\\d+ found")
        .contains("--run bronze_duplicate_change_ids");
  }

  @Test
  void listNamesWhatThereIs() {
    assertThat(run("sql", "--list")).isZero();
    assertThat(out.toString())
        .contains("  task_changes_quarantine", "  tasks_current ", "  bronze_version_gaps ")
        .contains("  stale_tasks                      what did we start and then forget?");
  }

  @Test
  void aQueryThatDoesNotExistIsAUsageError() {
    assertThat(run("sql", "--run", "no_such")).isEqualTo(2);
    assertThat(err.toString()).contains("No query or check is named 'no_such'");
  }

  @Test
  void goldOfADayToComeIsAUsageError() {
    assertThat(run("gold", "--day", "2999-01-01")).isEqualTo(2);
    assertThat(err.toString()).contains("--day 2999-01-01 has not begun");
  }

  private int run(String... arguments) {
    CommandLine palette = PaletteCommand.commandLine();
    palette.setOut(new PrintWriter(out, true));
    palette.setErr(new PrintWriter(err, true));
    return palette.execute(arguments);
  }
}
