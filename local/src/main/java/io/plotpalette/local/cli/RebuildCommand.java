package io.plotpalette.local.cli;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.UsageException;
import io.plotpalette.stream.repair.Rebuild;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Brings what came too late into the insights. */
@Command(
    name = "rebuild",
    description = {
      "Compute the insights of whole days again from bronze and publish them as the next revision:",
      "after late changes, a replay or a repair. Works while the product runs and when it is down."
    },
    mixinStandardHelpOptions = true)
final class RebuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DayOptions days;

  @Override
  public Integer call() throws Exception {
    ProjectFolder project = ProjectFolder.open();
    PrintWriter out = spec.commandLine().getOut();
    URI lake = project.data().bucket().toUri();
    Rebuild.Summary written;
    try {
      written =
          Rebuild.run(
              StreamExecutionEnvironment.createLocalEnvironment(1),
              lake,
              days.range(),
              PaletteServer.taskInsights(project.config(), lake).forgottenAfter(),
              Instant.now());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
    out.printf(
        "Published %d hours, %d days and %d minutes again.%n",
        written.hourly(), written.daily(), written.minutely());
    return 0;
  }
}
