package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.local.chaos.ChaosReport;
import io.plotpalette.local.chaos.LakeChaos;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows that kills lose, double and miscount nothing. */
@Command(
    name = "chaos",
    description = {
      "Kill the product over and over under full load, and count what the lake lost, has twice or"
          + " counts wrong.",
      "The load goes straight to the table, DynamoDB Local in memory in a process of its own, for"
          + " the API is killed with the rest. Uses its own data and ports, and leaves nothing.",
      "The last line is the result as JSON; exits with 0 only if nothing is wrong."
    },
    mixinStandardHelpOptions = true)
final class ChaosCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--kills",
      defaultValue = "30",
      description = "How often the process is killed (default: ${DEFAULT-VALUE}).")
  private int kills;

  @Option(
      names = "--changes",
      defaultValue = "200000",
      description = "How many changes are written at least (default: ${DEFAULT-VALUE}).")
  private long changes;

  @Option(
      names = "--seed",
      description = "Decides histories and moments; without it a new one, which is printed.")
  private Long seed;

  @Option(
      names = "--half",
      defaultValue = "lake",
      description =
          "Which half of the product: lake. The datasets half, and both, are not there yet.")
  private String half;

  @Option(names = "--keep", description = "Leave the folder of the run, named in the first line.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    checkOptions();
    // Or the load opens a connection for most writes.
    System.setProperty("http.maxConnections", "64");
    PrintWriter out = spec.commandLine().getOut();
    long chosen = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
    ChaosReport report =
        new LakeChaos(new LakeChaos.Options(kills, changes, chosen, keep), out).run();
    UpCommand.say(out, report.json());
    return report.isClean() ? 0 : 1;
  }

  private void checkOptions() {
    switch (half.toLowerCase(Locale.ROOT)) {
      case "lake" -> {}
      case "datasets", "both" ->
          throw new UsageException(
              "--half " + half + " is not there yet; the lake half is: --half lake.");
      default -> throw new UsageException("--half is '" + half + "', but must be lake.");
    }
    if (kills < 1 || changes < 1) {
      throw new UsageException("--kills and --changes must be at least 1.");
    }
  }
}
