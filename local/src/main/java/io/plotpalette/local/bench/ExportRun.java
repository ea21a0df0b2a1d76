package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.plotpalette.generator.export.DatasetExport;
import io.plotpalette.generator.export.ExportRequest;
import io.plotpalette.generator.export.ExportResult;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.Pace;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.template.TemplateJson;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** One export in a process of its own, whose heap is what the benchmark allows. */
public final class ExportRun {
  static final String JOB_ID = "019ab000-0000-7000-8000-000000000001";
  static final String TEMPLATE =
      """
      {"name": "Benchmark", "category": "a", "steps": [
        {"id": "story", "model": "llama-3.1-8b", "prompt": "Tell {{ a }}"},
        {"id": "facts", "model": "llama-3.1-8b", "prompt": "Facts", "output": "json",
         "schema": {"type": "object", "properties": {
           "title": {"type": "string"}, "words": {"type": "integer"},
           "score": {"type": "number"}, "themes": {"type": "array"}}}}]}
      """;

  private ExportRun() {}

  /** Arguments: root folder, scratch folder, records, threshold for near-duplicates or 0. */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    long records = Long.parseLong(args[2]);
    double threshold = Double.parseDouble(args[3]);
    ExportRequest request =
        request(root, Path.of(args[1]), records, threshold == 0 ? null : new Dedup(threshold));
    long start = System.nanoTime();
    ExportResult result = DatasetExport.write(request);
    double seconds = (System.nanoTime() - start) / 1e9;
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("export_s", seconds);
    json.put("cpu_s", cpuSeconds());
    json.put("ok", result.ok());
    json.put("near_duplicates", result.nearDuplicates());
    json.put("heap_limit_mb", Runtime.getRuntime().maxMemory() >> 20);
    json.put("exported_bytes", result.files().stream().mapToLong(ExportedFile::bytes).sum());
    System.out.println(json);
  }

  /** Of the whole process: what a busy machine does not stretch. */
  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }

  private static ExportRequest request(Path root, Path scratch, long records, Dedup dedup)
      throws IOException {
    Instant now = Instant.parse("2026-11-20T00:00:00Z");
    JobDefinition job =
        new JobDefinition(
            JOB_ID,
            "benchmark",
            "benchmark",
            new TemplateRef(JOB_ID, 1),
            new SeedRef(JOB_ID, null, "00"),
            new Terms(records, Money.parseUsd("1000"), JobPriority.NORMAL, 100, 1),
            new Outputs(List.of(ExportFormat.values()), PartitionBy.NONE, dedup, null),
            now,
            null);
    JobProgress progress =
        new JobProgress(
            JOB_ID,
            job.userId(),
            JobState.EXPORTING,
            null,
            JobProgress.queueKey(job),
            1,
            new Figures(
                new Counts(records, records, 0, 0, 0, 0),
                Spend.NONE,
                List.of(),
                List.of(),
                Pace.UNKNOWN,
                List.of()),
            now,
            null,
            List.of());
    return new ExportRequest(
        job,
        TemplateJson.read(new ObjectMapper().readTree(TEMPLATE)),
        progress,
        JobState.COMPLETED,
        new org.apache.flink.core.fs.Path(root.toUri()),
        1,
        Files.createDirectories(scratch),
        ExportRequest.DEFAULT_MEMORY_BYTES);
  }
}
