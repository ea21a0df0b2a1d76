package io.plotpalette.local.cli;

import io.plotpalette.local.DataFolder;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stops the process that owns the data folder. */
@Command(
    name = "down",
    description = "Stop what `up` or `demo` started.",
    mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
  private static final long STOP_SECONDS = 30;

  @Spec private CommandSpec spec;

  @Option(names = "--wipe", description = "Also delete all state: tasks, users, lake, checkpoints.")
  private boolean wipe;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    DataFolder data = ProjectFolder.open().data();
    var owner = data.currentOwner().flatMap(DataFolder.Owner::process);
    if (owner.isPresent()) {
      stop(owner.get());
      out.println("Stopped process " + owner.get().pid() + ".");
    } else {
      out.println("Nothing is running.");
    }
    if (wipe) {
      out.println((data.wipe() ? "Deleted " : "Nothing to delete at ") + data.root() + ".");
    }
    return 0;
  }

  /** Asks the process to end; if it does not, ends it, which costs nothing but the last seconds. */
  private static void stop(ProcessHandle process) throws Exception {
    CompletableFuture<ProcessHandle> ended = process.onExit();
    process.destroy();
    try {
      ended.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      ended.get(STOP_SECONDS, TimeUnit.SECONDS);
    }
  }
}
