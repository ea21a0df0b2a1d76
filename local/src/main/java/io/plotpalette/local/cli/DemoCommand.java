package io.plotpalette.local.cli;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.demo.DatasetDemo;
import io.plotpalette.local.demo.Demo;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts everything and plays the scenario against it. */
@Command(
    name = "demo",
    description = {
      "Start everything, play a scenario of three users and hold the insights against it; then",
      "order two datasets, one on a budget that does not suffice. Then stay, as `up` does."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--once",
      description = "Stop at the end; exit with 0 only if all is as the scenario implies.")
  private boolean once;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    PaletteServer server = ProjectFolder.open().start(line -> UpCommand.say(out, line));
    boolean asExpected;
    try {
      asExpected = new Demo(server, out).play();
      asExpected &= new DatasetDemo(server, out).play();
    } catch (Throwable e) {
      server.closeAfter(e);
      throw e;
    }
    if (once) {
      server.close();
    } else {
      UpCommand.stayUntilStopped(server, out);
    }
    return asExpected ? 0 : 1;
  }
}
