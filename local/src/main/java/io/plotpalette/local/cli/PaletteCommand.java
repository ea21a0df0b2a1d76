package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.model.setting.InvalidSettingException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The launcher: what {@code ./palette} runs once everything is built. */
@Command(
    name = "palette",
    description = "Plot Palette on this machine.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpCommand.class,
      DemoCommand.class,
      JobCommand.class,
      SqlCommand.class,
      VerifyCommand.class,
      ReplayCommand.class,
      RebuildCommand.class,
      GoldCommand.class,
      TemplateCommand.class,
      DownCommand.class,
      BenchCommand.class,
      ChaosCommand.class,
      DynamoDbCommand.class,
      BedrockCommand.class,
      StreamProgramCommand.class,
      CdkCommand.Deploy.class,
      CdkCommand.Diff.class,
      CdkCommand.Destroy.class
    })
public final class PaletteCommand {
  private static final int USAGE_ERROR = 2;

  private PaletteCommand() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new PaletteCommand())
        .setExecutionExceptionHandler(
            (exception, command, parsed) -> {
              if (exception instanceof UsageException
                  || exception instanceof InvalidSettingException) {
                command
                    .getErr()
                    .println(command.getColorScheme().errorText(exception.getMessage()));
                return USAGE_ERROR;
              }
              throw exception;
            });
  }
}
