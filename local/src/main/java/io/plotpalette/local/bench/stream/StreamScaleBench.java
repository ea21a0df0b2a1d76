package io.plotpalette.local.bench.stream;

import io.plotpalette.local.UsageException;
import io.plotpalette.local.bench.stream.StreamProcess.Cost;
import io.plotpalette.local.bench.stream.StreamProcess.Kind;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.FileUtils;

/**
 * Whether a change costs the same however many there are: the pipeline at parallelism 1 over files
 * of different length and one and the same rate of changes, so that only the length differs.
 */
public final class StreamScaleBench implements AutoCloseable {
  /** What {@code bench stream --scale} measures, and how often. */
  private static final List<Size> SIZES =
      List.of(new Size(100_000, 5), new Size(1_000_000, 3), new Size(10_000_000, 1));

  /** The rate is that of so many changes in {@link StreamBench#SPAN}. */
  private static final long CHANGES_A_SPAN = 2_000_000;

  /** So few that a run of them costs what starting and ending a job costs. */
  private static final Size START = new Size(1_000, 5);

  private static final Size WARM_UP = new Size(1_000_000, 2);

  /** Of a change in the file and in all tables, rounded up. */
  private static final int BYTES_A_CHANGE = 1_000;

  private final Path scratch;
  private final PrintWriter out;
  private StreamProcess process;

  /**
   * A length of file.
   *
   * @param runs of which the median counts: a short run is disturbed easily
   */
  record Size(long changes, int runs) {}

  /**
   * @param scratch an empty folder; must have room for 10 GB
   */
  public StreamScaleBench(Path scratch, PrintWriter out) {
    this.scratch = scratch;
    this.out = out;
  }

  /**
   * Measures, and returns the figures as a line of JSON.
   *
   * @throws UsageException if there is too little room
   */
  public String run() throws Exception {
    long needed = SIZES.get(SIZES.size() - 1).changes() * BYTES_A_CHANGE;
    long free = Files.getFileStore(scratch).getUsableSpace();
    if (free < needed) {
      throw new UsageException(
          "--scale needs %,d MB below %s (java.io.tmpdir), but there are %,d MB."
              .formatted(needed >> 20, scratch.getParent(), free >> 20));
    }
    process =
        StreamProcess.start(
            Kind.PIPELINE, Files.createDirectories(scratch.resolve(Kind.PIPELINE.id())));
    cpuSeconds("warm-up", WARM_UP);
    ScaleFigures figures = new ScaleFigures(cpuSeconds("start and end", START));
    for (Size size : SIZES) {
      figures.add(size.changes(), cpuSeconds("scale", size));
    }
    return figures.json();
  }

  private double cpuSeconds(String name, Size size) throws Exception {
    Path file = scratch.resolve("changes-" + size.changes() + ".jsonl");
    say("Writing %,d changes …".formatted(size.changes()));
    Duration span = StreamBench.SPAN.multipliedBy(size.changes()).dividedBy(CHANGES_A_SPAN);
    new ChangeGenerator().write(file, size.changes(), span);
    List<Double> runs = new ArrayList<>();
    for (int run = 1; run <= size.runs(); run++) {
      Cost cost = measured(file, size.changes());
      say(
          "%s: %,d changes, run %d of %d: %.2f s, %.2f s of CPU"
              .formatted(
                  name, size.changes(), run, size.runs(), cost.wallSeconds(), cost.cpuSeconds()));
      runs.add(cost.cpuSeconds());
    }
    Files.delete(file);
    return StreamBench.median(runs);
  }

  private Cost measured(Path file, long changes) throws Exception {
    Path bucket = scratch.resolve("bucket");
    FileUtils.deleteDirectory(bucket.toFile());
    Cost cost = process.run(file, bucket, 1);
    long rows = LakeDigest.bronzeRows(bucket);
    if (rows != changes) {
      throw new IllegalStateException(
          "%d changes became %d rows of bronze".formatted(changes, rows));
    }
    return cost;
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public void close() throws InterruptedException {
    if (process != null) {
      process.close();
    }
  }
}
