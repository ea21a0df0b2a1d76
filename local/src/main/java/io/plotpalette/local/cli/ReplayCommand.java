package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.stream.repair.QuarantineReplay;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Gives quarantined changes another chance. */
@Command(
    name = "replay",
    description = {
      "Put quarantined changes through today's rules again and write those that now pass to bronze,",
      "once however often it is run. Then rebuild the days it names."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DayOptions days;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    QuarantineReplay.Summary replayed;
    try {
      replayed =
          QuarantineReplay.run(
              StreamExecutionEnvironment.createLocalEnvironment(1),
              ProjectFolder.open().data().bucket().toUri(),
              days.range());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    out.printf(
        "Read %d records: %d still break a rule, %d are new in bronze, %d were there already.%n",
        replayed.read(),
        replayed.refused(),
        replayed.written(),
        replayed.read() - replayed.refused() - replayed.written());
    replayed
        .days()
        .forEach(day -> out.println("Bring it into the insights: ./palette rebuild --from " + day));
    return 0;
  }
}
