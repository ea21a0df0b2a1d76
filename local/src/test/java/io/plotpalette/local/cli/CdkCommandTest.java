package io.plotpalette.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.cli.CdkCommand.Step;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CdkCommandTest {
  private static final List<String> DEPLOY = List.of("deploy", "--all");

  @TempDir private Path root;

  @Test
  void whatAStageNeedsIsBuiltBeforeTheCommandLineRuns() {
    assertThat(CdkCommand.steps(root, DEPLOY, "dev", List.of("--require-approval", "never")))
        .extracting(step -> step.command().get(0))
        .containsExactly("mvn", "npm", "node");
  }

  @Test
  void theCommandLineGetsStageAndOptions() {
    Step cdk = last(CdkCommand.steps(root, DEPLOY, "prod", List.of("--context", "owner=me")));

    assertThat(cdk.folder()).isEqualTo(root.resolve("infra"));
    assertThat(cdk.command().subList(2, cdk.command().size()))
        .containsExactly("deploy", "--all", "--context", "stage=prod", "--context", "owner=me");
  }

  @Test
  void theCommandLineIsFetchedOnce() throws Exception {
    Path bin = Files.createDirectories(root.resolve("infra/node_modules/aws-cdk/bin"));
    Files.createFile(bin.resolve("cdk"));

    assertThat(CdkCommand.steps(root, DEPLOY, "dev", List.of()))
        .noneMatch(step -> step.command().get(0).equals("npm"));
  }

  @Test
  void aStageHasToBeNamed() {
    StringWriter errors = new StringWriter();
    CommandLine commandLine = PaletteCommand.commandLine().setErr(new PrintWriter(errors));

    assertThat(commandLine.execute("deploy")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("--stage");
  }

  private static Step last(List<Step> steps) {
    return steps.get(steps.size() - 1);
  }
}
