package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Builds what a stage needs and runs the CDK command line, in the version infra pins. */
abstract class CdkCommand implements Callable<Integer> {
  private final List<String> verb;

  @Option(
      names = "--stage",
      required = true,
      description = "One of dev, staging, prod: which deployment.")
  private String stage;

  @Parameters(
      paramLabel = "CDK_OPTION",
      description = "After --, given to the CDK command line as it is.")
  private List<String> options = List.of();

  private CdkCommand(String... verb) {
    this.verb = List.of(verb);
  }

  /** Brings a stage in the account of the environment's credentials up to date. */
  @Command(
      name = "deploy",
      description = "Deploy a stage to AWS, see docs/deploy.md. Asks before it widens rights.",
      mixinStandardHelpOptions = true)
  static final class Deploy extends CdkCommand {
    Deploy() {
      super("deploy", "--all");
    }
  }

  /** Compares a stage with what is deployed. */
  @Command(
      name = "diff",
      description = "Show what deploying a stage would change.",
      mixinStandardHelpOptions = true)
  static final class Diff extends CdkCommand {
    Diff() {
      super("diff");
    }
  }

  /** Deletes a stage's stacks; what becomes of its data is the stage's own. */
  @Command(
      name = "destroy",
      description = "Delete a stage from AWS. Data of staging and prod stays.",
      mixinStandardHelpOptions = true)
  static final class Destroy extends CdkCommand {
    Destroy() {
      super("destroy", "--all");
    }
  }

  @Override
  public Integer call() throws Exception {
    Path root = ProjectFolder.open().root();
    for (Step step : steps(root, verb, stage, options)) {
      int exitCode = run(step);
      if (exitCode != 0) {
        return exitCode;
      }
    }
    return 0;
  }

  /** One program, run to its end. */
  record Step(Path folder, List<String> command) {}

  /** The command line itself is fetched once, as its lock file says. */
  static List<Step> steps(Path root, List<String> verb, String stage, List<String> options) {
    Path infra = root.resolve("infra");
    Path cdk = infra.resolve("node_modules/aws-cdk/bin/cdk");
    List<Step> steps = new ArrayList<>();
    steps.add(
        new Step(root, List.of("mvn", "-B", "-q", "-Pquick", "package", "-pl", "infra", "-am")));
    if (!Files.exists(cdk)) {
      steps.add(new Step(infra, List.of("npm", "ci")));
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of("node", cdk.toString()));
    command.addAll(verb);
    command.addAll(List.of("--context", "stage=" + stage));
    command.addAll(options);
    steps.add(new Step(infra, command));
    return steps;
  }

  private static int run(Step step) throws InterruptedException {
    try {
      return new ProcessBuilder(step.command())
          .directory(step.folder().toFile())
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UsageException(
          "%s cannot be run: %s. Deploying needs Maven, Node.js and npm; see docs/deploy.md."
              .formatted(step.command().get(0), e.getMessage()),
          e);
    }
  }
}
