package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.local.chaos.ChaosReport;
import io.plotpalette.local.chaos.DatasetChaos;
import io.plotpalette.local.chaos.DatasetChaosReport;
import io.plotpalette.local.chaos.LakeChaos;
import io.plotpalette.local.chaos.Sabotage;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.List;
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
      "With --half datasets, generation jobs run while the process is killed, or hangs and wakes"
          + " up beside its successor; models and tables are in processes of their own, and files,"
          + " journal and bill must agree in the end.",
      "The last line is the result as JSON; exits with 0 only if nothing is wrong."
    },
    mixinStandardHelpOptions = true)
final class ChaosCommand implements Callable<Integer> {
  private static final String LAKE = "lake";
  private static final String DATASETS = "datasets";

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
          "Which half of the product: lake, datasets or both (default: ${DEFAULT-VALUE}).")
  private String half;

  @Option(
      names = "--sabotage",
      defaultValue = "NONE",
      description =
          "With --half datasets: what its table is made to do wrong, so that the run must fail:"
              + " ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Sabotage sabotage;

  @Option(names = "--keep", description = "Leave the folder of the run, named in the first line.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    checkOptions();
    // Or the load opens a connection for most writes.
    System.setProperty("http.maxConnections", "64");
    PrintWriter out = spec.commandLine().getOut();
    long chosen = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
    boolean clean = true;
    if (!half.equals(LAKE)) {
      DatasetChaosReport report =
          new DatasetChaos(new DatasetChaos.Options(kills, chosen, keep, sabotage), out).run();
      report.brokenPromises().forEach(broken -> UpCommand.say(out, "Broken: " + broken));
      UpCommand.say(out, report.json());
      clean = report.brokenPromises().isEmpty();
    }
    if (!half.equals(DATASETS)) {
      ChaosReport report =
          new LakeChaos(new LakeChaos.Options(kills, changes, chosen, keep), out).run();
      UpCommand.say(out, report.json());
      clean &= report.isClean();
    }
    return clean ? 0 : 1;
  }

  private void checkOptions() {
    if (!List.of(LAKE, DATASETS, "both").contains(half)) {
      throw new UsageException("--half is '" + half + "', but must be lake, datasets or both.");
    }
    if (sabotage != Sabotage.NONE && !half.equals(DATASETS)) {
      throw new UsageException("--sabotage is for --half datasets only.");
    }
    if (kills < 1 || changes < 1) {
      throw new UsageException("--kills and --changes must be at least 1.");
    }
  }
}
