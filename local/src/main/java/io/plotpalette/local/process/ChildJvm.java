package io.plotpalette.local.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The launcher once more, in a JVM of its own with the options of this one. */
public final class ChildJvm implements AutoCloseable {
  private static final String LAUNCHER = "io.plotpalette.local.cli.PaletteCommand";
  private static final long LOOK_MILLIS = 10;
  private static final int LINES_SHOWN = 30;

  private final Process process;
  private final Path output;

  private ChildJvm(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts {@code palette command…}.
   *
   * @param scratch for its temporary files, which it cannot delete when it is killed; must exist
   * @param output gets what it prints; overwritten
   * @param environment added to that of this process
   */
  public static ChildJvm start(
      Path scratch, Path output, Map<String, String> environment, String... command)
      throws IOException {
    return start(scratch, output, environment, List.of(), command);
  }

  /**
   * The same with other sizes.
   *
   * @param options of the JVM, above those of this one
   */
  public static ChildJvm start(
      Path scratch,
      Path output,
      Map<String, String> environment,
      List<String> options,
      String... command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(ChildJvm::isInherited)
        .forEach(line::add);
    line.addAll(options);
    line.add("-Djava.io.tmpdir=" + scratch);
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add(LAUNCHER);
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new ChildJvm(builder.start(), output);
  }

  /** Sizes, opened packages and where the project is; not agents and debuggers. */
  private static boolean isInherited(String option) {
    return option.startsWith("-X")
        || option.startsWith("--add-opens")
        || option.startsWith("-Dpalette.");
  }

  /**
   * Waits for a line of its output.
   *
   * @return the rest of the line that begins with {@code start}
   * @throws IllegalStateException with the end of the output if the process ends before
   * @throws TimeoutException with the end of the output if it says nothing of the kind in time
   */
  public String awaitLine(String start, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      try (Stream<String> lines = Files.lines(output)) {
        var found = lines.filter(line -> line.startsWith(start)).findFirst();
        if (found.isPresent()) {
          return found.get().substring(start.length());
        }
      }
      if (!alive) {
        throw new IllegalStateException(
            "process ended with %d: %s".formatted(process.exitValue(), lastLines()));
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("no '%s' within %s: %s".formatted(start, limit, lastLines()));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(output);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
  }

  /** For what the machine knows about it. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Writes a line to its standard input. */
  public void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** Ends its leash; what ends with it ends then. */
  public void letGo() throws IOException {
    process.getOutputStream().close();
  }

  /** As {@code kill -9} does, and returns when it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** As {@code kill -STOP} does: its threads stand still, its connections stay. */
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** As {@code kill -CONT} does. */
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IOException("kill -%s %d exited with %d".formatted(name, process.pid(), exit));
    }
  }

  /**
   * Asks it to end, as Ctrl-C and {@code palette down} do.
   *
   * @throws TimeoutException if it has not by then
   */
  public void terminate(Duration limit) throws InterruptedException, TimeoutException {
    process.destroy();
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException("the process did not end within " + limit);
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
