package io.plotpalette.infra;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process with nothing on its class path but what it is given. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final Path output;

  private ChildJvm(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * @param folder it runs in; its output and temporary files go beside that
   * @param environment all of its environment
   */
  static ChildJvm start(
      Path folder, Map<String, String> environment, List<String> classPath, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Ended by force, it tidies up nothing: what it leaves goes with the test's own folder.
    Path temporary = Files.createDirectories(folder.resolveSibling(folder.getFileName() + ".tmp"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath));
    command.addAll(List.of(arguments));
    Path output = folder.resolveSibling(folder.getFileName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new ChildJvm(builder.start(), output);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has printed so far. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("process " + process.pid() + " does not end");
    }
  }
}
