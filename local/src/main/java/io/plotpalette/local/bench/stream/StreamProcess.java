package io.plotpalette.local.bench.stream;

import com.sun.management.OperatingSystemMXBean;
import io.plotpalette.local.process.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * One {@link StreamProgram} in a JVM of its own, so that none is compiled for what another does. It
 * runs when it is told to, and stays warm in between.
 */
public final class StreamProcess implements AutoCloseable {
  /** The hidden command that {@link #serve} is. */
  public static final String COMMAND = "stream-program";

  /**
   * Of a task manager in the cloud, which has 4 GB a core for everything. Its memory is taken at
   * the start, for what a page costs when it is touched first is the machine's affair and no
   * program's.
   */
  private static final List<String> HEAP = List.of("-Xms1500m", "-Xmx1500m", "-XX:+AlwaysPreTouch");

  private static final Duration LONGEST_RUN = Duration.ofMinutes(30);

  private final ChildJvm child;
  private int runs;

  /** The programs that are compared. */
  public enum Kind {
    PIPELINE,
    STRAIGHTFORWARD,
    LOOP;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }

    private StreamProgram open(Path scratch) throws Exception {
      return switch (this) {
        case PIPELINE -> FlinkProgram.pipeline(scratch);
        case STRAIGHTFORWARD -> FlinkProgram.straightforward(scratch);
        case LOOP -> new LoopProgram();
      };
    }
  }

  /** What one run took, the CPU time of all the process's threads. */
  record Cost(double wallSeconds, double cpuSeconds) {}

  private StreamProcess(ChildJvm child) {
    this.child = child;
  }

  /**
   * Starts the process.
   *
   * @param scratch a folder of its own; must exist
   */
  static StreamProcess start(Kind kind, Path scratch) throws IOException {
    return new StreamProcess(
        ChildJvm.start(
            scratch,
            scratch.resolve("output.txt"),
            Map.of(),
            HEAP,
            COMMAND,
            kind.name(),
            scratch.toString()));
  }

  /** Has it run once. */
  Cost run(Path file, Path bucket, int parallelism)
      throws IOException, InterruptedException, TimeoutException {
    runs++;
    child.tell("%d %d\t%s\t%s".formatted(runs, parallelism, file, bucket));
    String[] seconds = child.awaitLine("run " + runs + " took ", LONGEST_RUN).split(" ", 2);
    return new Cost(Double.parseDouble(seconds[0]), Double.parseDouble(seconds[1]));
  }

  @Override
  public void close() throws InterruptedException {
    child.close();
  }

  /** The other end: runs what standard input asks for until it ends. */
  public static void serve(Kind kind, Path scratch, PrintWriter out) throws Exception {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Map<String, ChangeFile> files = new HashMap<>();
    try (StreamProgram program = kind.open(scratch)) {
      String request;
      while ((request = requests.readLine()) != null) {
        String[] parts = request.split("\t", -1);
        String[] numbers = parts[0].split(" ", -1);
        ChangeFile file = files.get(parts[1]);
        if (file == null) {
          file = ChangeFile.index(Path.of(parts[1]));
          files.put(parts[1], file);
        }
        Path bucket = Files.createDirectories(Path.of(parts[2]));
        readAhead(Path.of(file.path()));
        System.gc();
        long cpu = cpuNanos();
        long start = System.nanoTime();
        program.run(file, bucket, Integer.parseInt(numbers[1]));
        double wall = (System.nanoTime() - start) / 1e9;
        out.println("run " + numbers[0] + " took " + wall + " " + (cpuNanos() - cpu) / 1e9);
        out.flush();
      }
    }
  }

  /** So that no program pays for the disk. */
  private static void readAhead(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      while (channel.read(buffer) >= 0) {
        buffer.clear();
      }
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
