package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.DatasetRecord.Usage;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.RecordStatus;
import io.plotpalette.model.money.Money;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The export of a dataset in three formats, in a process with a small heap, beside a plain copy of
 * the records' bytes.
 */
public final class ExportBench {
  /** As many files as checkpoints of a real run would have left, roughly. */
  private static final int FILES = 20;

  private static final int COPY_BUFFER_BYTES = 64 * 1024;
  private static final Instant BEGINNING = Instant.parse("2026-11-20T00:00:00Z");

  private final Path scratch;
  private final Options options;
  private final PrintWriter out;
  private final ObjectMapper json = new ObjectMapper();

  /**
   * What is measured.
   *
   * @param heapMb of the exporting process
   * @param dedup threshold for near-duplicates, or 0 to look for none
   */
  public record Options(int records, int heapMb, double dedup) {}

  /**
   * @param scratch an empty folder
   */
  public ExportBench(Path scratch, Options options, PrintWriter out) {
    this.scratch = scratch;
    this.options = options;
    this.out = out;
  }

  /** Measures, and returns the figures as a line of JSON. */
  public String run() throws IOException, InterruptedException {
    Path root = scratch.resolve("bucket");
    Path outputs = Files.createDirectories(root.resolve(JobPaths.outputs(ExportRun.JOB_ID, 1)));
    say("Writing " + options.records() + " records, in no order.");
    writeOutputs(outputs);
    long bytes = size(outputs);
    // The first reads the files into the machine's cache, so that both find them there.
    copy(outputs, scratch.resolve("copy"));
    double copySeconds = copy(outputs, scratch.resolve("copy"));
    say("A plain copy of %.0f MB took %.2f s.".formatted(bytes / 1e6, copySeconds));
    ObjectNode figures = export(root);
    ObjectNode result = json.createObjectNode();
    result.put("records", options.records());
    result.put("input_mb", Math.round(bytes / 1e6));
    result.put("exported_mb", Math.round(figures.get("exported_bytes").asLong() / 1e6));
    result.put("heap_limit_mb", figures.get("heap_limit_mb").asLong());
    result.put("export_s", rounded(figures.get("export_s").asDouble()));
    result.put("cpu_s", rounded(figures.get("cpu_s").asDouble()));
    result.put("copy_s", rounded(copySeconds));
    result.put("ratio_to_copy", rounded(figures.get("export_s").asDouble() / copySeconds));
    result.put("input_mb_per_s", rounded(bytes / 1e6 / figures.get("export_s").asDouble()));
    result.put("near_duplicates", figures.get("near_duplicates").asLong());
    return result.toString();
  }

  private ObjectNode export(Path root) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + options.heapMb() + "m",
                "-Djava.io.tmpdir=" + scratch,
                "-cp",
                System.getProperty("java.class.path"),
                ExportRun.class.getName(),
                root.toString(),
                scratch.resolve("work").toString(),
                String.valueOf(options.records()),
                String.valueOf(options.dedup()))
            .redirectErrorStream(true)
            .start();
    List<String> lines;
    try {
      lines =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
    } finally {
      process.destroyForcibly();
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the export ended: " + String.join("\n", lines));
    }
    return (ObjectNode) json.readTree(lines.get(lines.size() - 1));
  }

  private void writeOutputs(Path folder) throws IOException {
    List<OutputStream> files = new ArrayList<>();
    try {
      for (int i = 0; i < FILES; i++) {
        files.add(
            new BufferedOutputStream(
                Files.newOutputStream(folder.resolve("part-%02d.jsonl".formatted(i)))));
      }
      // Steps of a number that has no factor in common: every index once, neighbours far apart.
      long step = 7_368_787;
      for (long i = 0; i < options.records(); i++) {
        long index = i * step % options.records();
        OutputStream file = files.get((int) (i * FILES / options.records()));
        file.write(json.writeValueAsBytes(JobJson.write(record(index))));
        file.write('\n');
      }
    } finally {
      for (OutputStream file : files) {
        file.close();
      }
    }
  }

  private DatasetRecord record(long index) {
    SplittableRandom random = new SplittableRandom(index);
    StringBuilder story = new StringBuilder();
    int words = 100 + random.nextInt(200);
    for (int i = 0; i < words; i++) {
      story.append("word").append(random.nextInt(5_000)).append(i % 12 == 11 ? ".\n" : " ");
    }
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    fields.put("story", json.getNodeFactory().textNode(story.toString()));
    ObjectNode facts = json.createObjectNode();
    facts.put("title", "Story \"" + index + "\", told");
    facts.put("words", words);
    facts.put("score", random.nextDouble());
    facts.putArray("themes").add("theme" + random.nextInt(50)).add("theme" + random.nextInt(50));
    fields.put("facts", facts);
    Money cost = Money.parseUsd("0.000123");
    return new DatasetRecord(
        index,
        RecordStatus.OK,
        "category-" + index % 20,
        fields,
        index % 1_000,
        Map.of("story", "ab".repeat(32), "facts", "cd".repeat(32)),
        List.of(
            new Usage("story", "meta.llama3-1-8b-instruct-v1:0", 200, 400, cost, 1),
            new Usage("facts", "meta.llama3-1-8b-instruct-v1:0", 600, 80, cost, 1)),
        null,
        BEGINNING.plusMillis(index));
  }

  private static double copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    long start = System.nanoTime();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        try (var in = Files.newInputStream(file);
            var copied = Files.newOutputStream(to.resolve(file.getFileName()))) {
          byte[] buffer = new byte[COPY_BUFFER_BYTES];
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            copied.write(buffer, 0, read);
          }
        }
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files::iterator) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
