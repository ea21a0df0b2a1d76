package io.plotpalette.local.cli;

import io.plotpalette.local.bedrock.BedrockStandIn;
import io.plotpalette.local.bedrock.PriceList;
import io.plotpalette.local.bedrock.StandInBehaviour;
import io.plotpalette.local.process.Leash;
import io.plotpalette.model.catalogue.ModelCatalogue;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The models alone, for programs of ours that kill or load the rest of the product. */
@Command(
    name = "bedrock",
    hidden = true,
    description = "The stand-in for Bedrock and nothing else, until standard input ends.",
    mixinStandardHelpOptions = true)
final class BedrockCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--port", defaultValue = "0", description = "0 for any free one.")
  private int port;

  @Option(names = "--seed", defaultValue = "1", description = "Of texts, latencies and failures.")
  private long seed;

  @Option(names = "--latency", defaultValue = "PT0.5S", description = "Of every answer.")
  private Duration latency;

  @Option(names = "--catalogue", description = "Models and prices; without it the built-in ones.")
  private Path catalogue;

  @Option(
      names = "--remember-prompts",
      description = "The bill says how many calls were served twice.")
  private boolean rememberPrompts;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    BedrockStandIn.Options options =
        new BedrockStandIn.Options(
            port, seed, StandInBehaviour.answering(latency, latency), rememberPrompts);
    ModelCatalogue models =
        catalogue == null ? ModelCatalogue.builtIn() : ModelCatalogue.ofFile(catalogue);
    try (BedrockStandIn standIn = new BedrockStandIn(options, PriceList.of(models))) {
      UpCommand.say(out, "Models answer at " + standIn.endpoint());
      Leash.awaitRelease();
    }
    return 0;
  }
}
