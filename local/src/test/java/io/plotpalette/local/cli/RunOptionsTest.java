package io.plotpalette.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is refused before anything is started. */
class RunOptionsTest {
  private final StringWriter errors = new StringWriter();
  private final CommandLine palette =
      PaletteCommand.commandLine().setErr(new PrintWriter(errors, true));

  @ParameterizedTest
  @CsvSource({
    "--half, lakes, must be lake",
    "--kills, 0, at least 1",
    "--changes, 0, at least 1",
    "--sabotage, FENCING_OFF, --half datasets only"
  })
  void anOptionOutOfItsRangeIsRefusedByItsName(String option, String value, String reason) {
    assertThat(palette.execute("chaos", option, value)).isEqualTo(2);
    assertThat(errors.toString()).contains(option, reason);
  }

  @ParameterizedTest
  @CsvSource({"--rate, 0", "--rate, 1001", "--minutes, 0", "--minutes, 61"})
  void aLoadOutOfItsRangeIsRefusedByItsName(String option, String value) {
    assertThat(palette.execute("bench", "freshness", option, value)).isEqualTo(2);
    assertThat(errors.toString()).contains(option, value);
  }
}
