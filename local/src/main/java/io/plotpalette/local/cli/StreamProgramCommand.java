package io.plotpalette.local.cli;

import io.plotpalette.local.bench.stream.StreamProcess;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One of the programs that {@code bench stream} compares, in a process of its own. */
@Command(
    name = StreamProcess.COMMAND,
    hidden = true,
    description = "Runs a program each time standard input asks for it, until that ends.",
    mixinStandardHelpOptions = true)
final class StreamProgramCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PROGRAM", description = "${COMPLETION-CANDIDATES}.")
  private StreamProcess.Kind program;

  @Parameters(paramLabel = "SCRATCH", description = "A folder for its temporary files.")
  private Path scratch;

  @Override
  public Integer call() throws Exception {
    StreamProcess.serve(program, scratch, spec.commandLine().getOut());
    return 0;
  }
}
