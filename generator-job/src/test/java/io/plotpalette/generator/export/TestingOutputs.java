package io.plotpalette.generator.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.DatasetRecord.Problem;
import io.plotpalette.model.job.DatasetRecord.Usage;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Judge;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.Pace;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.job.RecordStatus;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** A job's committed outputs, written as its run would. */
final class TestingOutputs {
  static final String JOB_ID = "019ab000-0000-7000-8000-000000000001";
  static final Instant BEGINNING = Instant.parse("2026-11-20T23:50:00.000Z");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What breaks writers that quote, split or encode badly. */
  private static final List<String> TEXTS =
      List.of(
          "plain",
          "",
          " kept spaces ",
          "two\nlines",
          "two\r\nlines, \"quoted\", and a comma",
          "\"",
          "=HYPERLINK(\"http://example.org\")",
          "@SUM(A1)",
          "Zoë reads 漢字 and sees 🎭",
          "tab\tand \u0007 bell",
          "null",
          "'single' \\ back",
          "\u2028 separators \u2029 \u0085");

  static final String TEMPLATE =
      """
      {"name": "Stories", "description": "A story | and facts",
       "category": "a",
       "steps": [
        {"id": "story", "model": "llama-3.1-8b", "prompt": "Tell {{ a }}"},
        {"id": "facts", "model": "llama-3.1-8b", "prompt": "Facts of {{ steps.story.output }}",
         "output": "json", "schema": {"type": "object", "properties": {
           "mood": {"type": "string"}, "words": {"type": "integer"}, "score": {"type": "number"},
           "happy end": {"type": "boolean"}, "themes": {"type": "array"}}}},
        {"id": "remarks", "model": "llama-3.1-8b", "prompt": "Remarks", "output": "json"}]}
      """;

  private TestingOutputs() {}

  static TemplateDefinition template() {
    return TemplateJson.read(json(TEMPLATE));
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JobDefinition job(long records, PartitionBy partitionBy, Dedup dedup, Judge judge) {
    return job(records, new Outputs(List.of(ExportFormat.values()), partitionBy, dedup, judge));
  }

  static JobDefinition job(long records, PartitionBy partitionBy, List<ExportFormat> formats) {
    return job(records, new Outputs(formats, partitionBy, null, null));
  }

  private static JobDefinition job(long records, Outputs outputs) {
    return new JobDefinition(
        JOB_ID,
        "user-1",
        "Stories | for \"children\"\nsecond line",
        new TemplateRef("019ab000-0000-7000-8000-000000000002", 3),
        new SeedRef("019ab000-0000-7000-8000-000000000003", null, "ab".repeat(32)),
        new Terms(records, Money.parseUsd("5"), JobPriority.NORMAL, 100, 42),
        outputs,
        BEGINNING,
        null);
  }

  /** The request for an export of {@code job} whose records are those. */
  static ExportRequest request(JobDefinition job, List<DatasetRecord> records, Path folder)
      throws IOException {
    Map<RecordStatus, Long> counts = new LinkedHashMap<>();
    records.forEach(record -> counts.merge(record.status(), 1L, Long::sum));
    return request(
        job,
        counts.getOrDefault(RecordStatus.OK, 0L),
        counts.getOrDefault(RecordStatus.FAILED, 0L),
        counts.getOrDefault(RecordStatus.REJECTED, 0L),
        folder);
  }

  static ExportRequest request(JobDefinition job, long ok, long failed, long rejected, Path folder)
      throws IOException {
    long requested = job.terms().recordCount();
    Money cost = Money.parseUsd("0.0125");
    JobProgress progress =
        new JobProgress(
            JOB_ID,
            job.userId(),
            JobState.EXPORTING,
            null,
            JobProgress.queueKey(job),
            7,
            new Figures(
                new Counts(requested, ok, failed, rejected, requested - ok - failed - rejected, 0),
                new Spend(1_000, 2_000, cost, Money.ZERO),
                List.of(new UsageTotals("story", 10, 1_000, 2_000, cost)),
                List.of(new UsageTotals("llama", 10, 1_000, 2_000, cost)),
                Pace.UNKNOWN,
                List.of()),
            BEGINNING,
            null,
            List.of());
    return new ExportRequest(
        job,
        template(),
        progress,
        JobState.COMPLETED,
        new org.apache.flink.core.fs.Path(folder.toUri()),
        1,
        Files.createDirectories(folder.resolve("scratch")),
        ExportRequest.MIN_MEMORY_BYTES);
  }

  /** The request of a job that has spent that, all of it on its first step. */
  static ExportRequest spent(ExportRequest request, long calls, String usd) {
    JobProgress given = request.progress();
    Money cost = Money.parseUsd(usd);
    JobProgress progress =
        new JobProgress(
            given.jobId(),
            given.userId(),
            given.state(),
            given.stateReason(),
            given.queueKey(),
            given.seq(),
            new Figures(
                given.figures().counts(),
                new Spend(1_000, 2_000, cost, Money.ZERO),
                List.of(new UsageTotals("story", calls, 1_000, 2_000, cost)),
                List.of(new UsageTotals("llama", calls, 1_000, 2_000, cost)),
                Pace.UNKNOWN,
                List.of()),
            given.startedAt(),
            null,
            List.of());
    return new ExportRequest(
        request.job(),
        request.template(),
        progress,
        request.outcome(),
        request.root(),
        request.run(),
        request.scratch(),
        request.memoryBytes());
  }

  /** So many records, some of them failed or rejected, with awkward contents. */
  static List<DatasetRecord> records(int count) {
    return LongStream.range(0, count).mapToObj(TestingOutputs::record).toList();
  }

  static DatasetRecord record(long index) {
    if (index % 10 == 7) {
      return record(index, RecordStatus.FAILED, Map.of(), "no answer");
    }
    Random random = new Random(index);
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    fields.put("story", JSON.getNodeFactory().textNode(TEXTS.get((int) (index % TEXTS.size()))));
    if (index % 4 != 3) {
      fields.put(
          "facts",
          json(
              """
              {"mood": "%s", "words": %d, "score": %s, "happy end": %s, "themes": ["a", {"b": 1.50}],
               "unasked": [%d]}
              """
                  .formatted(
                      index % 3 == 0 ? "calm" : "wild, \\\"very\\\"",
                      random.nextLong(),
                      random.nextGaussian() * 1e10,
                      random.nextBoolean(),
                      index)));
    }
    fields.put("remarks", index % 2 == 0 ? json("[1, null, \"ä\"]") : json("\"only a text\""));
    if (index % 10 == 8) {
      return record(index, RecordStatus.REJECTED, fields, "score 0.2 is below 0.5");
    }
    return record(index, RecordStatus.OK, fields, null);
  }

  static DatasetRecord story(long index, String text) {
    return record(
        index, RecordStatus.OK, Map.of("story", JSON.getNodeFactory().textNode(text)), null);
  }

  private static DatasetRecord record(
      long index, RecordStatus status, Map<String, JsonNode> fields, String error) {
    return new DatasetRecord(
        index,
        status,
        status == RecordStatus.OK && index % 5 != 0 ? "mood-" + index % 3 : null,
        fields,
        index % 11,
        Map.of("story", "cd".repeat(32)),
        List.of(new Usage("story", "llama", 100, 200, Money.parseUsd("0.00125"), 1)),
        error == null ? null : new Problem("facts", error),
        BEGINNING.plusSeconds(index * 7));
  }

  /** Writes records, shuffled, into several files, one of which is not committed. */
  static void write(Path folder, List<DatasetRecord> records, long shuffle) throws IOException {
    List<DatasetRecord> shuffled = new ArrayList<>(records);
    Collections.shuffle(shuffled, new Random(shuffle));
    Path outputs = Files.createDirectories(folder.resolve(JobPaths.outputs(JOB_ID, 1)));
    int files = 3;
    for (int file = 0; file < files; file++) {
      try (BufferedWriter out =
          Files.newBufferedWriter(outputs.resolve("part-" + shuffle + "-" + file + ".jsonl"))) {
        for (int i = file; i < shuffled.size(); i += files) {
          out.write(JSON.writeValueAsString(JobJson.write(shuffled.get(i))));
          out.write('\n');
        }
      }
    }
    Files.writeString(outputs.resolve(".part-9-0.jsonl.inprogress.x"), "{\"record_index\": 0");
    Files.writeString(outputs.resolve("part-9-0.jsonl.tmp"), "{");
  }
}
