package io.plotpalette.local.cli;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.process.Leash;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts everything and stays until it is stopped. */
@Command(
    name = "up",
    description = "Start everything; stop it with Ctrl-C or `./palette down`.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--leash", hidden = true, description = "End at once when standard input ends.")
  private boolean leash;

  @Override
  public Integer call() throws Exception {
    if (leash) {
      Leash.hold();
    }
    PrintWriter out = spec.commandLine().getOut();
    PaletteServer server = ProjectFolder.open().start(line -> say(out, line));
    stayUntilStopped(server, out);
    return 0;
  }

  /** Prints at once, for a person who waits. */
  static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  /** Prints the endpoints and returns when the process is told to end. */
  static void stayUntilStopped(PaletteServer server, PrintWriter out) throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    server.close();
                  } catch (Exception e) {
                    throw new IllegalStateException("not everything could be stopped", e);
                  } finally {
                    closed.countDown();
                  }
                },
                "stop"));
    say(out, "\n" + server.endpoints());
    closed.await();
  }
}
