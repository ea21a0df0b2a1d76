package io.plotpalette.model.job;

import io.plotpalette.model.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a user asked for: part {@code DEFINITION} of a job. The API writes it once; afterwards only
 * {@code cancelRequestedAt} may change, from null to a time.
 *
 * @param jobId UUIDv7
 * @param userId the owner: the {@code sub} of the user's token
 * @param cancelRequestedAt null unless the user stopped the job
 */
public record JobDefinition(
    String jobId,
    String userId,
    String name,
    TemplateRef template,
    SeedRef seed,
    Terms terms,
    Outputs outputs,
    Instant createdAt,
    Instant cancelRequestedAt) {

  /** One version of a template, which never changes. */
  public record TemplateRef(String templateId, int version) {
    public TemplateRef {
      Objects.requireNonNull(templateId, "templateId");
    }
  }

  /**
   * The seed data as it was when the job was created.
   *
   * @param objectVersion of the object store; null where it keeps none
   * @param sha256 of its bytes, in hex
   */
  public record SeedRef(String seedDataId, String objectVersion, String sha256) {
    public SeedRef {
      Objects.requireNonNull(seedDataId, "seedDataId");
      Objects.requireNonNull(sha256, "sha256");
    }
  }

  /**
   * How much, how soon and from which chance.
   *
   * @param recordCount rows of the dataset, 1 or more
   * @param budgetLimit most that may be spent on models
   * @param maxInFlight most calls at once, 1 or more
   * @param randomSeed decides every random choice; 0 to 2^53 - 1, which JSON carries exactly
   */
  public record Terms(
      long recordCount, Money budgetLimit, JobPriority priority, int maxInFlight, long randomSeed) {
    public Terms {
      Objects.requireNonNull(budgetLimit, "budgetLimit");
      Objects.requireNonNull(priority, "priority");
    }
  }

  /**
   * What is made of the records.
   *
   * @param formats in which the dataset is exported, at least one
   * @param dedup null to keep near-duplicates
   * @param judge null to keep records whatever a step thinks of them
   */
  public record Outputs(
      List<ExportFormat> formats, PartitionBy partitionBy, Dedup dedup, Judge judge) {
    public Outputs {
      formats = List.copyOf(formats);
      Objects.requireNonNull(partitionBy, "partitionBy");
    }
  }

  /**
   * Records too much like an earlier one are rejected.
   *
   * @param threshold estimated Jaccard similarity from which on two are alike, above 0 up to 1
   */
  public record Dedup(double threshold) {}

  /**
   * Records a step thinks little of are rejected.
   *
   * @param step id of a step with the output {@code json}
   * @param field of its output, a number
   * @param minScore the least that keeps a record
   */
  public record Judge(String step, String field, double minScore) {
    public Judge {
      Objects.requireNonNull(step, "step");
      Objects.requireNonNull(field, "field");
    }
  }

  public JobDefinition {
    Objects.requireNonNull(jobId, "jobId");
    Objects.requireNonNull(userId, "userId");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(seed, "seed");
    Objects.requireNonNull(terms, "terms");
    Objects.requireNonNull(outputs, "outputs");
    Objects.requireNonNull(createdAt, "createdAt");
  }
}
