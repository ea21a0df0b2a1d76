package io.plotpalette.local.cli;

import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.ScratchFolder;
import io.plotpalette.local.UsageException;
import io.plotpalette.local.bench.ApiBench;
import io.plotpalette.local.bench.ColdStartBench;
import io.plotpalette.local.bench.ExportBench;
import io.plotpalette.local.bench.FreshnessBench;
import io.plotpalette.local.bench.GeneratorBench;
import io.plotpalette.local.bench.WarmFigures;
import io.plotpalette.local.bench.stream.StreamBench;
import io.plotpalette.local.bench.stream.StreamScaleBench;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the product can do on this machine, one figure a name. */
@Command(
    name = "bench",
    description = "Measure; progress while it runs, and the figures as JSON in the last line.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "NAME",
    subcommands = {
      BenchCommand.ApiCommand.class,
      BenchCommand.ColdStartCommand.class,
      BenchCommand.ExportCommand.class,
      BenchCommand.FreshnessCommand.class,
      BenchCommand.GeneratorCommand.class,
      BenchCommand.StreamCommand.class,
      BenchCommand.WarmCommand.class
    })
final class BenchCommand {
  private BenchCommand() {}

  /** Requests a second. */
  @Command(
      name = "api",
      description = {
        "The highest rate at which the API answers 99 of 100 requests within 50 ms and none with an",
        "error, and what limits it: 60 % reads, 20 % lists, 20 % writes, sent by Gatling, with",
        "DynamoDB Local in memory. Fetches Gatling the first time, 42 MB. Leaves nothing else."
      },
      mixinStandardHelpOptions = true)
  static final class ApiCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--max-rate",
        defaultValue = "2000",
        description = "Requests a second, the highest tried (default: ${DEFAULT-VALUE}).")
    private int maxRate;

    @Option(
        names = "--seconds",
        defaultValue = "20",
        description = "How long each rate is held (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws Exception {
      if (maxRate < 200 || maxRate > 20_000) {
        throw new UsageException("--max-rate is " + maxRate + ", but must be 200 to 20000.");
      }
      if (seconds < 1 || seconds > 3_600) {
        throw new UsageException("--seconds is " + seconds + ", but must be 1 to 3600.");
      }
      Path root = ProjectFolder.open().root();
      Maven.run(root, "-q", "-Pquick,load", "package", "-pl", "load");
      PrintWriter out = spec.commandLine().getOut();
      try (ScratchFolder scratch = ScratchFolder.temporary("palette-bench-", false)) {
        UpCommand.say(
            out,
            new ApiBench(
                    root.resolve("load/target"),
                    scratch.folder(),
                    new ApiBench.Options(maxRate, Duration.ofSeconds(seconds)),
                    out)
                .run());
      }
      return 0;
    }
  }

  /** What our own code costs a request. */
  @Command(
      name = "warm",
      description = {
        "What a warm request costs from event to answer while DynamoDB answers at once: our code and",
        "the SDK's, and no network, by JMH. Takes two minutes."
      },
      mixinStandardHelpOptions = true)
  static final class WarmCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      Path root = ProjectFolder.open().root();
      Path results = root.resolve("api-lambda/target/jmh.json");
      Files.deleteIfExists(results);
      Maven.run(root, "-Pjmh", "verify", "-pl", "api-lambda", "-am");
      UpCommand.say(spec.commandLine().getOut(), WarmFigures.of(results));
      return 0;
    }
  }

  /** From the start of a process to its first answer. */
  @Command(
      name = "cold-start",
      description = {
        "Time from the start of a JVM with the packaged handlers to its answer to a POST that is in",
        "the table: as it is (plain_ms), with -XX:TieredStopAtLevel=1 (c1_ms), and what is left for",
        "the first POST after the priming that comes before a snapshot. Leaves nothing."
      },
      mixinStandardHelpOptions = true)
  static final class ColdStartCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--rounds",
        defaultValue = "10",
        description = "Processes of each kind; medians are reported (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Override
    public Integer call() throws Exception {
      if (rounds < 1 || rounds > 1_000) {
        throw new UsageException("--rounds is " + rounds + ", but must be 1 to 1000.");
      }
      PrintWriter out = spec.commandLine().getOut();
      try (ScratchFolder scratch = ScratchFolder.temporary("palette-bench-", false)) {
        Path target = ProjectFolder.open().root().resolve("api-lambda/target");
        UpCommand.say(out, new ColdStartBench(target, scratch.folder(), rounds, out).run());
      }
      return 0;
    }
  }

  /** A finished dataset in its three formats. */
  @Command(
      name = "export",
      description = {
        "Time of an export in three formats in a process with a small heap (export_s), beside a",
        "plain copy of the records' bytes (copy_s). Leaves nothing."
      },
      mixinStandardHelpOptions = true)
  static final class ExportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--records",
        defaultValue = "500000",
        description = "Rows of the dataset (default: ${DEFAULT-VALUE}).")
    private int records;

    @Option(
        names = "--heap-mb",
        defaultValue = "512",
        description = "Heap of the exporting process (default: ${DEFAULT-VALUE}).")
    private int heapMb;

    @Option(
        names = "--dedup",
        defaultValue = "0",
        description = "Threshold for near-duplicates, 0 to look for none (default: 0).")
    private double dedup;

    @Override
    public Integer call() throws Exception {
      if (records < 1 || records > 5_000_000) {
        throw new UsageException("--records is " + records + ", but must be 1 to 5000000.");
      }
      if (heapMb < 64 || heapMb > 16_384) {
        throw new UsageException("--heap-mb is " + heapMb + ", but must be 64 to 16384.");
      }
      if (!(dedup >= 0 && dedup <= 1)) {
        throw new UsageException("--dedup is " + dedup + ", but must be 0 to 1.");
      }
      PrintWriter out = spec.commandLine().getOut();
      ExportBench.Options options = new ExportBench.Options(records, heapMb, dedup);
      try (ScratchFolder scratch = ScratchFolder.temporary("palette-bench-", false)) {
        UpCommand.say(out, new ExportBench(scratch.folder(), options, out).run());
      }
      return 0;
    }
  }

  /** What is left of the ideal between models and a dataset. */
  @Command(
      name = "generator",
      description = {
        "Calls a second of a generation job, with its journal, as a share of what its calls in",
        "flight allow (share_of_ideal), and its CPU beside the SDK's bare client. Models that answer",
        "after a fixed time, and the tables, are in processes of their own. Leaves nothing."
      },
      mixinStandardHelpOptions = true)
  static final class GeneratorCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--in-flight",
        split = ",",
        defaultValue = "100,500,1000",
        description = "Calls at once, one job each (default: ${DEFAULT-VALUE}).")
    private List<Integer> inFlight;

    @Option(
        names = "--latency",
        defaultValue = "PT0.5S",
        description = "Of every call (default: ${DEFAULT-VALUE}).")
    private Duration latency;

    @Option(
        names = "--rounds",
        defaultValue = "40",
        description = "Records of a job for each call at once (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Override
    public Integer call() throws Exception {
      if (inFlight.stream().anyMatch(calls -> calls < 1 || calls > 4_000)) {
        throw new UsageException("--in-flight is " + inFlight + ", but each must be 1 to 4000.");
      }
      if (rounds < 5 || latency.compareTo(Duration.ofMillis(10)) < 0) {
        throw new UsageException("--rounds must be at least 5 and --latency at least PT0.01S.");
      }
      PrintWriter out = spec.commandLine().getOut();
      String figures;
      try (ScratchFolder scratch = ScratchFolder.temporary("palette-bench-", false)) {
        GeneratorBench.Options options =
            new GeneratorBench.Options(inFlight, latency, rounds, ProjectFolder.open().plugins());
        figures = new GeneratorBench(options, out).run(scratch.folder());
      }
      UpCommand.say(out, figures);
      return 0;
    }
  }

  /** From an accepted change to its row in a view. */
  @Command(
      name = "freshness",
      description = {
        "Time from a change the API has accepted to its row in tasks_current, at a fixed rate.",
        "Also counts the files the lake is made of in the end; for those of the cloud:",
        "PALETTE_CHECKPOINT_INTERVAL=PT30S.",
        "Uses its own data and ports, and leaves nothing."
      },
      mixinStandardHelpOptions = true)
  static final class FreshnessCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--rate",
        defaultValue = "50",
        description = "Changes a second (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Option(
        names = "--minutes",
        defaultValue = "5",
        description = "How long changes come, also parts of a minute (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
        names = "--users",
        defaultValue = "8",
        description = "How many users make the changes (default: ${DEFAULT-VALUE}).")
    private int users;

    @Override
    public Integer call() throws Exception {
      // More than the laptop's database writes would measure a queue.
      if (rate < 1 || rate > 1_000) {
        throw new UsageException("--rate is " + rate + ", but must be 1 to 1000.");
      }
      if (users < 1 || users > 500) {
        throw new UsageException("--users is " + users + ", but must be 1 to 500.");
      }
      if (!(minutes > 0 && minutes <= 60)) {
        throw new UsageException("--minutes is " + minutes + ", but must be above 0, at most 60.");
      }
      PrintWriter out = spec.commandLine().getOut();
      Duration duration = Duration.ofMillis(Math.round(minutes * 60_000));
      String figures;
      try (ScratchFolder scratch = ScratchFolder.temporary("palette-bench-", false);
          PaletteServer server = start(scratch.folder(), out)) {
        figures =
            new FreshnessBench(server, new FreshnessBench.Options(rate, users, duration), out)
                .run();
      }
      UpCommand.say(out, figures);
      return 0;
    }

    private static PaletteServer start(Path folder, PrintWriter out) throws Exception {
      return ProjectFolder.open().apartIn(folder).start(line -> UpCommand.say(out, line));
    }
  }

  /** Task changes from a file into bronze and silver. */
  @Command(
      name = "stream",
      description = {
        "Changes a second, and CPU seconds per million, from a file of stream records into bronze",
        "and silver: the pipeline, the same as a straightforward Flink job, and as a bare loop in one",
        "thread. What they write must be equal. Leaves nothing."
      },
      mixinStandardHelpOptions = true)
  static final class StreamCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--input",
        paramLabel = "FILE",
        description =
            "Stream records as JSON lines, in the order of the stream, instead of made ones.")
    private Path input;

    @Option(
        names = "--changes",
        defaultValue = "2000000",
        description =
            "Changes to make, of 10,000 users and seven days (default: ${DEFAULT-VALUE}).")
    private long changes;

    @Option(
        names = "--rounds",
        defaultValue = "5",
        description = "Runs of each program; medians are reported (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
        names = "--scale",
        description = {
          "Instead: the pipeline alone over 100,000, 1,000,000 and 10,000,000 changes, whether a change",
          "costs the same. Takes about 6 minutes and 10 GB for as long."
        })
    private boolean scale;

    @Override
    public Integer call() throws Exception {
      if (scale) {
        return measureScale();
      }
      if (changes < 1_000 || changes > 100_000_000) {
        throw new UsageException("--changes is " + changes + ", but must be 1000 to 100000000.");
      }
      if (rounds < 1 || rounds > 100) {
        throw new UsageException("--rounds is " + rounds + ", but must be 1 to 100.");
      }
      if (input != null && !Files.isRegularFile(input)) {
        throw new UsageException("--input is " + input + ", which is no file.");
      }
      PrintWriter out = spec.commandLine().getOut();
      try (ScratchFolder scratch = ScratchFolder.temporary("palette-bench-", false);
          StreamBench bench =
              new StreamBench(
                  scratch.folder(), new StreamBench.Options(input, changes, rounds), out)) {
        UpCommand.say(out, bench.run());
      }
      return 0;
    }

    private Integer measureScale() throws Exception {
      if (input != null) {
        throw new UsageException("--scale makes its own changes: leave --input out.");
      }
      PrintWriter out = spec.commandLine().getOut();
      try (ScratchFolder scratch = ScratchFolder.temporary("palette-bench-", false);
          StreamScaleBench bench = new StreamScaleBench(scratch.folder(), out)) {
        UpCommand.say(out, bench.run());
      }
      return 0;
    }
  }
}
