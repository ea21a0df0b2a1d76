package io.plotpalette.api.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.Violation;
import io.plotpalette.api.jobs.SeedSurvey.Lack;
import io.plotpalette.api.seeddata.SeedData;
import io.plotpalette.api.seeddata.SeedDataStore;
import io.plotpalette.api.seeddata.SeedFiles;
import io.plotpalette.api.seeddata.SeedFiles.Look;
import io.plotpalette.api.templates.TemplateStore;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Judge;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.template.CompiledTemplate;
import io.plotpalette.model.template.GenerationEstimate;
import io.plotpalette.model.template.GenerationEstimate.StepEstimate;
import io.plotpalette.model.template.InvalidTemplateException;
import io.plotpalette.model.template.ModelChoices;
import io.plotpalette.model.template.PromptException;
import io.plotpalette.model.template.Template;
import io.plotpalette.model.template.TemplateStep;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A job as a user asks for it, checked before anything is paid: everything that is wrong is told at
 * once.
 */
final class JobDraft {
  /** Of the fields seed data lacks, how many have a violation each. */
  private static final int MAX_NAMED_FIELDS = 10;

  private static final long MAX_RANDOM_SEED = (1L << 53) - 1;

  /** Where templates, seed data and models are looked up. */
  record Sources(
      TemplateStore templates,
      SeedDataStore seedData,
      SeedFiles files,
      ModelCatalogue catalogue,
      String region) {}

  /** A job that can be queued, and what it will cost. */
  record Checked(JobDefinition definition, GenerationEstimate estimate) {}

  private final Sources sources;
  private final String userId;
  private final JsonNode body;
  private final List<Violation> violations = new ArrayList<>();
  private final List<String> lacking = new ArrayList<>();

  JobDraft(Sources sources, String userId, JsonNode body) {
    this.sources = sources;
    this.userId = userId;
    this.body = body;
  }

  /**
   * Checks everything.
   *
   * @param jobId also the source of a random seed, unless the body says one
   * @throws ProblemException 422 with all that is wrong
   */
  Checked check(String jobId, Instant now) {
    Money budget = budget();
    Optional<Template> template = template();
    Optional<SeedData> seedData = seedData();
    List<CatalogueModel> models = template.map(this::models).orElse(List.of());
    template.ifPresent(this::checkOutputs);
    GenerationEstimate estimate = null;
    if (template.isPresent() && seedData.isPresent()) {
      estimate = estimate(template.get(), seedData.get(), models, randomSeed(jobId));
    }
    if (estimate != null && budget != null) {
      checkBudget(budget, estimate);
    }
    if (!violations.isEmpty()) {
      throw ProblemException.invalidBody(violations);
    }
    SeedData.Checked seed = seedData.orElseThrow().checked();
    return new Checked(
        new JobDefinition(
            jobId,
            userId,
            body.get("name").textValue(),
            new TemplateRef(template.orElseThrow().templateId(), template.get().version()),
            new SeedRef(seedData.get().seedDataId(), seed.objectVersion(), seed.sha256()),
            new Terms(
                recordCount(),
                budget,
                JobPriority.fromWire(body.path("priority").asText("normal")).orElseThrow(),
                body.path("max_in_flight").asInt(DEFAULT_MAX_IN_FLIGHT),
                randomSeed(jobId)),
            outputs(),
            now,
            null),
        estimate);
  }

  /** Of one job; the quota of the account bounds it besides. */
  static final int DEFAULT_MAX_IN_FLIGHT = 32;

  private long recordCount() {
    return body.get("record_count").longValue();
  }

  private long randomSeed(String jobId) {
    return body.has("random_seed")
        ? body.get("random_seed").longValue()
        : Long.parseUnsignedLong(jobId.replace("-", "").substring(16), 16) & MAX_RANDOM_SEED;
  }

  private Money budget() {
    try {
      Money budget = Money.parseUsd(body.get("budget_limit_usd").textValue());
      if (budget.nanoUsd() > 0) {
        return budget;
      }
      violation("/budget_limit_usd", "must be more than nothing");
    } catch (IllegalArgumentException e) {
      violation("/budget_limit_usd", e.getMessage());
    }
    return null;
  }

  private Optional<Template> template() {
    String templateId = body.get("template_id").textValue();
    Optional<Template> newest =
        sources.templates().newest(templateId).filter(found -> found.userId().equals(userId));
    if (newest.isEmpty()) {
      violation("/template_id", "there is no such template");
      return newest;
    }
    if (!body.has("template_version")) {
      return newest;
    }
    Optional<Template> version =
        sources.templates().version(templateId, body.get("template_version").intValue());
    if (version.isEmpty()) {
      violation("/template_version", "the newest is " + newest.get().version());
    }
    return version;
  }

  private Optional<SeedData> seedData() {
    Optional<SeedData> found =
        sources.seedData().find(userId, body.get("seed_data_id").textValue());
    if (found.isEmpty()) {
      violation("/seed_data_id", "there is no such seed data");
      return found;
    }
    return switch (found.get().status()) {
      case VALID -> found;
      case OPEN -> {
        violation(
            "/seed_data_id",
            "has not been validated: upload the file, then POST /v1/seed-data/{seed_data_id}/validate");
        yield Optional.empty();
      }
      case INVALID -> {
        violation("/seed_data_id", "is not valid: upload it again as new seed data");
        yield Optional.empty();
      }
    };
  }

  private List<CatalogueModel> models(Template template) {
    try {
      return ModelChoices.of(template.definition(), sources.catalogue(), sources.region());
    } catch (InvalidTemplateException e) {
      e.problems()
          .forEach(
              problem -> violation("/template_id", problem.pointer() + " " + problem.message()));
      return List.of();
    }
  }

  private void checkOutputs(Template template) {
    if (body.path("partition_by").asText().equals(PartitionBy.CATEGORY.wireName())
        && template.definition().category() == null) {
      violation("/partition_by", "cannot be category: the template has none");
    }
    if (body.has("judge")) {
      String step = body.at("/judge/step").textValue();
      Optional<TemplateStep> judge =
          template.definition().steps().stream().filter(each -> each.id().equals(step)).findFirst();
      if (judge.isEmpty() || judge.get().output() != OutputFormat.JSON) {
        violation("/judge/step", "must be a step of the template with the output json");
      }
    }
  }

  /** Null when something keeps it from being made, which is then a violation. */
  private GenerationEstimate estimate(
      Template template, SeedData seedData, List<CatalogueModel> models, long randomSeed) {
    CompiledTemplate compiled = CompiledTemplate.of(template.definition());
    SeedSurvey survey = new SeedSurvey(compiled);
    // Not with the template: that look ends at twenty problems, and every field is to be named.
    Optional<Look> look = sources.files().entries(seedData, null, survey);
    if (look.isEmpty() || !seedData.checked().sha256().equals(look.get().check().sha256())) {
      violation("/seed_data_id", "was changed after it was validated: validate it again");
      return null;
    }
    survey.lacks().forEach(this::lackingField);
    nameFurtherFields();
    if (!survey.lacks().isEmpty() || models.isEmpty()) {
      return null;
    }
    try {
      return GenerationEstimate.of(compiled, models, survey.sample(), randomSeed, recordCount());
    } catch (PromptException e) {
      violation("/template_id", e.getMessage());
      return null;
    } catch (ArithmeticException e) {
      violation("/record_count", "costs more than 9.2 billion USD");
      return null;
    }
  }

  private void lackingField(String field, Lack lack) {
    lacking.add(field);
    if (lacking.size() <= MAX_NAMED_FIELDS) {
      violation(
          "/seed_data_id",
          lack.entries() == 1
              ? "lacks '%s', which the template needs, in entry %d"
                  .formatted(field, lack.firstEntry())
              : "lacks '%s', which the template needs, in %d entries, the first is entry %d"
                  .formatted(field, lack.entries(), lack.firstEntry()));
    }
  }

  /** An answer holds no more than twenty violations, so the last one names the rest. */
  private void nameFurtherFields() {
    if (lacking.size() > MAX_NAMED_FIELDS) {
      violation(
          "/seed_data_id",
          "lacks further fields the template needs: "
              + String.join(", ", lacking.subList(MAX_NAMED_FIELDS, lacking.size())));
    }
  }

  /**
   * A budget that not even one call of the first step fits into would only make a job that stops.
   */
  private void checkBudget(Money budget, GenerationEstimate estimate) {
    StepEstimate first = estimate.steps().get(0);
    long calls = Math.max(1, first.worstCase().calls());
    Money oneCall = new Money(-Math.floorDiv(-first.worstCase().cost().nanoUsd(), calls));
    if (budget.compareTo(oneCall) < 0) {
      violation(
          "/budget_limit_usd",
          "is less than the %s that one call of step '%s' may cost"
              .formatted(oneCall, first.stepId()));
    }
  }

  private Outputs outputs() {
    List<ExportFormat> formats =
        body.has("formats")
            ? body.get("formats")
                .valueStream()
                .map(format -> ExportFormat.fromWire(format.textValue()).orElseThrow())
                .toList()
            : List.of(ExportFormat.values());
    return new Outputs(
        formats,
        PartitionBy.fromWire(body.path("partition_by").asText("none")).orElseThrow(),
        body.has("dedup") ? new Dedup(body.at("/dedup/threshold").doubleValue()) : null,
        body.has("judge")
            ? new Judge(
                body.at("/judge/step").textValue(),
                body.at("/judge/field").textValue(),
                body.at("/judge/min_score").doubleValue())
            : null);
  }

  private void violation(String pointer, String detail) {
    violations.add(Violation.inBody(pointer, detail));
  }
}
