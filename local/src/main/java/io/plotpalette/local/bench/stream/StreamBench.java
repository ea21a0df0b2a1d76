package io.plotpalette.local.bench.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.UsageException;
import io.plotpalette.local.bench.stream.StreamProcess.Cost;
import io.plotpalette.local.bench.stream.StreamProcess.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.FileUtils;

/**
 * How many task changes a second the pipeline brings from a file into bronze and silver, beside the
 * same work in a straightforward Flink job and in a bare loop. They take turns, warm, and what they
 * wrote is compared row by row.
 */
public final class StreamBench implements AutoCloseable {
  /** What {@link Options#changes} are spread over. */
  static final Duration SPAN = Duration.ofDays(7);

  /** So long compilers are busy with what starts and ends a job, which runs for weeks elsewhere. */
  private static final int WARM_UPS = 3;

  private final Path scratch;
  private final Options options;
  private final PrintWriter out;
  private final Map<Kind, StreamProcess> processes = new EnumMap<>(Kind.class);

  /**
   * What is measured.
   *
   * @param input a file of stream records as JSON lines, or null to make one
   * @param changes in the file that is made
   * @param rounds of all programs after those that warm them up; medians are reported
   */
  public record Options(Path input, long changes, int rounds) {}

  /** A program and how it is run. */
  private record Entrant(Kind kind, int parallelism) {
    String id() {
      return kind == Kind.LOOP ? kind.id() : kind.id() + "_p" + parallelism;
    }
  }

  private static final Entrant LOOP = new Entrant(Kind.LOOP, 1);
  private static final Entrant PIPELINE = new Entrant(Kind.PIPELINE, 1);
  private static final Entrant STRAIGHTFORWARD = new Entrant(Kind.STRAIGHTFORWARD, 1);
  private static final List<Entrant> ENTRANTS =
      List.of(
          LOOP,
          PIPELINE,
          STRAIGHTFORWARD,
          new Entrant(Kind.PIPELINE, 2),
          new Entrant(Kind.STRAIGHTFORWARD, 2));

  /**
   * @param scratch an empty folder with room for three times the input
   */
  public StreamBench(Path scratch, Options options, PrintWriter out) {
    this.scratch = scratch;
    this.options = options;
    this.out = out;
  }

  /** Measures, and returns the figures as a line of JSON. */
  public String run() throws Exception {
    Path file = options.input() == null ? generated(options.changes(), SPAN) : options.input();
    ChangeFile changes = ChangeFile.index(file);
    say(
        "%,d changes of %d bytes on average, watermark %d s behind"
            .formatted(
                changes.changes(),
                changes.bytes() / changes.changes(),
                changes.boundMillis() / 1000));
    for (int round = 1; round <= WARM_UPS; round++) {
      for (Entrant entrant : ENTRANTS) {
        measured("warm-up " + round, entrant, file);
      }
    }
    Map<Entrant, List<Cost>> costs = new LinkedHashMap<>();
    LakeDigest first = null;
    for (int round = 1; round <= options.rounds(); round++) {
      for (Entrant entrant : ENTRANTS) {
        String name = "%d of %d".formatted(round, options.rounds());
        costs.computeIfAbsent(entrant, e -> new ArrayList<>()).add(measured(name, entrant, file));
        if (round == 1) {
          LakeDigest digest = LakeDigest.of(bucket());
          first = first == null ? digest : first;
          requireEqual(first, digest, entrant);
          requireAll(changes, digest);
        }
      }
    }
    return json(changes, costs);
  }

  private Path generated(long changes, Duration span) throws IOException {
    Path file = scratch.resolve("changes-" + changes + ".jsonl");
    say("Writing %,d changes of %d hours …".formatted(changes, span.toHours()));
    new ChangeGenerator().write(file, changes, span);
    return file;
  }

  private Path bucket() {
    return scratch.resolve("bucket");
  }

  /** One run into an empty lake, which then stays until the next. */
  private Cost measured(String round, Entrant entrant, Path file) throws Exception {
    FileUtils.deleteDirectory(bucket().toFile());
    StreamProcess process = processes.get(entrant.kind());
    if (process == null) {
      Path folder = Files.createDirectories(scratch.resolve(entrant.kind().id()));
      process = StreamProcess.start(entrant.kind(), folder);
      processes.put(entrant.kind(), process);
    }
    Cost cost = process.run(file, bucket(), entrant.parallelism());
    say(
        "%s: %s %.2f s, %.2f s of CPU"
            .formatted(round, entrant.id(), cost.wallSeconds(), cost.cpuSeconds()));
    List<String> quarantined = LakeDigest.quarantined(bucket());
    if (!quarantined.isEmpty()) {
      throw new UsageException(
          "%d records break a rule or come too late, so that the programs have different work; give"
                  .formatted(quarantined.size())
              + " others. The first: "
              + quarantined.get(0));
    }
    return cost;
  }

  private static void requireEqual(LakeDigest expected, LakeDigest digest, Entrant entrant) {
    if (!expected.equals(digest)) {
      throw new IllegalStateException(
          "%s wrote other rows than %s:%n%s%n%s"
              .formatted(entrant.id(), LOOP.id(), digest.tables(), expected.tables()));
    }
  }

  private static void requireAll(ChangeFile changes, LakeDigest digest) {
    if (digest.rows() != changes.changes()) {
      throw new IllegalStateException(
          "%d changes became %d rows of bronze".formatted(changes.changes(), digest.rows()));
    }
  }

  private String json(ChangeFile changes, Map<Entrant, List<Cost>> costs) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    double count = changes.changes();
    costs.forEach(
        (entrant, runs) -> {
          json.put(entrant.id() + "_changes_per_s", Math.round(count / wall(runs)));
          json.put(entrant.id() + "_cpu_s_per_million", rounded(cpu(runs) / count * 1e6));
        });
    json.put("ratio_to_loop", rounded(cpu(costs.get(LOOP)) / cpu(costs.get(PIPELINE))));
    json.put("ratio_to_loop_wall", rounded(wall(costs.get(LOOP)) / wall(costs.get(PIPELINE))));
    json.put(
        "ratio_to_straightforward",
        rounded(cpu(costs.get(STRAIGHTFORWARD)) / cpu(costs.get(PIPELINE))));
    json.put(
        "ratio_to_straightforward_wall",
        rounded(wall(costs.get(STRAIGHTFORWARD)) / wall(costs.get(PIPELINE))));
    json.put("changes", changes.changes());
    json.put("bytes_per_change", changes.bytes() / changes.changes());
    json.put("rounds", options.rounds());
    json.put("cores", Runtime.getRuntime().availableProcessors());
    json.put("java", System.getProperty("java.version"));
    return json.toString();
  }

  private static double wall(List<Cost> runs) {
    return median(runs.stream().map(Cost::wallSeconds).toList());
  }

  private static double cpu(List<Cost> runs) {
    return median(runs.stream().map(Cost::cpuSeconds).toList());
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public void close() throws InterruptedException {
    for (StreamProcess process : processes.values()) {
      process.close();
    }
  }
}
