package io.plotpalette.generator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** Jobs as the API would have created them. */
public final class TestingJobs {
  public static final String USER = "u1";
  public static final String TEMPLATE = "template-1";
  public static final String SEED = "seed-1";
  public static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  /** Three entries. */
  public static final byte[] SEED_BYTES =
      "[{\"topic\": \"sea\"}, {\"topic\": \"sky\"},\n {\"topic\": \"Zürich\"}]"
          .getBytes(StandardCharsets.UTF_8);

  private TestingJobs() {}

  /** Two text steps; the second uses the first. */
  public static TemplateDefinition template() {
    return template(
        """
        {"name": "Two steps", "steps": [
          {"id": "outline", "model": "nova-micro", "max_tokens": 50,
           "prompt": "Outline {{ topic }}"},
          {"id": "story", "model": "nova-lite", "max_tokens": 100,
           "prompt": "Tell {{ steps.outline.output }}"}],
         "category": "topic"}
        """);
  }

  public static TemplateDefinition template(String json) {
    try {
      return TemplateJson.read(new ObjectMapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static JobDefinition job(String jobId, long records, String budgetUsd, int maxInFlight) {
    return new JobDefinition(
        jobId,
        USER,
        "A job",
        new JobDefinition.TemplateRef(TEMPLATE, 1),
        new JobDefinition.SeedRef(SEED, null, sha256(SEED_BYTES)),
        new JobDefinition.Terms(
            records, Money.parseUsd(budgetUsd), JobPriority.NORMAL, maxInFlight, 7),
        new JobDefinition.Outputs(List.of(ExportFormat.JSONL), PartitionBy.NONE, null, null),
        NOON,
        null);
  }

  /** The same job with a step that may reject records. */
  public static JobDefinition judged(JobDefinition job, String step, String field, double least) {
    return new JobDefinition(
        job.jobId(),
        job.userId(),
        job.name(),
        job.template(),
        job.seed(),
        job.terms(),
        new JobDefinition.Outputs(
            job.outputs().formats(),
            job.outputs().partitionBy(),
            job.outputs().dedup(),
            new JobDefinition.Judge(step, field, least)),
        job.createdAt(),
        job.cancelRequestedAt());
  }

  /** The same job after its user has stopped it. */
  public static JobDefinition cancelled(JobDefinition job) {
    return new JobDefinition(
        job.jobId(),
        job.userId(),
        job.name(),
        job.template(),
        job.seed(),
        job.terms(),
        job.outputs(),
        job.createdAt(),
        NOON.plusSeconds(60));
  }

  /** Puts the seed data where uploads go. */
  public static void writeSeed(Path bucket) throws IOException {
    Path file = bucket.resolve(JobPaths.seedData(USER, SEED));
    Files.createDirectories(file.getParent());
    Files.write(file, SEED_BYTES);
  }

  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
