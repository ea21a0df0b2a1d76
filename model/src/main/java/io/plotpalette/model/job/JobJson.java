package io.plotpalette.model.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.job.DatasetRecord.Problem;
import io.plotpalette.model.job.DatasetRecord.Usage;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Judge;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.Pace;
import io.plotpalette.model.job.JobProgress.RecordError;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.money.Money;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The JSON form of jobs and records. DynamoDB holds the same names and values as attributes, the
 * keys of the table beside them. Money is a decimal text of USD, instants are {@link IsoMillis};
 * what is null is left out. Fields that are not known are passed over, so that an older reader
 * understands what a newer writer adds.
 */
public final class JobJson {
  private JobJson() {}

  public static ObjectNode write(JobDefinition job) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("job_id", job.jobId());
    json.put("user_id", job.userId());
    json.put("name", job.name());
    json.put("template_id", job.template().templateId());
    json.put("template_version", job.template().version());
    ObjectNode seed = json.putObject("seed");
    seed.put("seed_data_id", job.seed().seedDataId());
    putIfPresent(seed, "object_version", job.seed().objectVersion());
    seed.put("sha256", job.seed().sha256());
    json.put("record_count", job.terms().recordCount());
    json.put("budget_limit_usd", job.terms().budgetLimit().toUsd());
    json.put("priority", job.terms().priority().wireName());
    json.put("max_in_flight", job.terms().maxInFlight());
    json.put("random_seed", job.terms().randomSeed());
    ArrayNode formats = json.putArray("formats");
    job.outputs().formats().forEach(format -> formats.add(format.wireName()));
    json.put("partition_by", job.outputs().partitionBy().wireName());
    if (job.outputs().dedup() != null) {
      json.putObject("dedup").put("threshold", job.outputs().dedup().threshold());
    }
    if (job.outputs().judge() != null) {
      ObjectNode judge = json.putObject("judge");
      judge.put("step", job.outputs().judge().step());
      judge.put("field", job.outputs().judge().field());
      judge.put("min_score", job.outputs().judge().minScore());
    }
    json.put("created_at", IsoMillis.format(job.createdAt()));
    putIfPresent(json, "cancel_requested_at", job.cancelRequestedAt());
    return json;
  }

  /**
   * Reads what {@link #write(JobDefinition)} wrote.
   *
   * @throws InvalidJobException naming the first field that is missing or wrong
   */
  public static JobDefinition readDefinition(JsonNode json) {
    return new JobDefinition(
        text(json, "job_id"),
        text(json, "user_id"),
        text(json, "name"),
        new TemplateRef(text(json, "template_id"), integer(json, "template_version")),
        new SeedRef(
            text(json.path("seed"), "seed_data_id"),
            optionalText(json.path("seed"), "object_version"),
            text(json.path("seed"), "sha256")),
        new Terms(
            number(json, "record_count"),
            money(json, "budget_limit_usd"),
            choice(json, "priority", JobPriority::fromWire),
            integer(json, "max_in_flight"),
            number(json, "random_seed")),
        new Outputs(
            formats(json.path("formats")),
            choice(json, "partition_by", PartitionBy::fromWire),
            json.has("dedup") ? new Dedup(decimal(json.path("dedup"), "threshold")) : null,
            json.has("judge")
                ? new Judge(
                    text(json.path("judge"), "step"),
                    text(json.path("judge"), "field"),
                    decimal(json.path("judge"), "min_score"))
                : null),
        instant(json, "created_at"),
        optionalInstant(json, "cancel_requested_at"));
  }

  private static List<ExportFormat> formats(JsonNode json) {
    List<ExportFormat> formats = new ArrayList<>();
    for (JsonNode format : json) {
      formats.add(
          ExportFormat.fromWire(format.textValue())
              .orElseThrow(() -> new InvalidJobException("formats holds " + format)));
    }
    return formats;
  }

  public static ObjectNode write(JobProgress progress) {
    Figures figures = progress.figures();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("job_id", progress.jobId());
    json.put("user_id", progress.userId());
    json.put("state", progress.state().name());
    putIfPresent(json, "state_reason", progress.stateReason());
    putIfPresent(json, "queue_key", progress.queueKey());
    json.put("seq", progress.seq());
    json.put("requested", figures.counts().requested());
    json.put("ok", figures.counts().ok());
    json.put("failed", figures.counts().failed());
    json.put("rejected", figures.counts().rejected());
    json.put("not_started", figures.counts().notStarted());
    json.put("in_flight", figures.counts().inFlight());
    json.put("tokens_in", figures.spend().tokensIn());
    json.put("tokens_out", figures.spend().tokensOut());
    json.put("cost_usd", figures.spend().cost().toUsd());
    json.put("reserved_usd", figures.spend().reserved().toUsd());
    writeTotals(json.putArray("by_step"), "step", figures.bySteps());
    writeTotals(json.putArray("by_model"), "model", figures.byModels());
    json.put("rate_per_s", figures.pace().ratePerSecond());
    putIfPresent(json, "eta", figures.pace().eta());
    ArrayNode errors = json.putArray("last_errors");
    for (RecordError error : figures.lastErrors()) {
      ObjectNode item = errors.addObject();
      item.put("record_index", error.recordIndex());
      putIfPresent(item, "step", error.step());
      item.put("error", error.error());
    }
    putIfPresent(json, "started_at", progress.startedAt());
    putIfPresent(json, "finished_at", progress.finishedAt());
    ArrayNode exports = json.putArray("exports");
    for (ExportedFile file : progress.exports()) {
      ObjectNode item = exports.addObject();
      item.put("format", file.format());
      item.put("key", file.key());
      item.put("bytes", file.bytes());
      item.put("sha256", file.sha256());
      item.put("records", file.records());
    }
    return json;
  }

  private static void writeTotals(ArrayNode array, String nameField, List<UsageTotals> totals) {
    for (UsageTotals total : totals) {
      ObjectNode item = array.addObject();
      item.put(nameField, total.name());
      item.put("calls", total.calls());
      item.put("tokens_in", total.tokensIn());
      item.put("tokens_out", total.tokensOut());
      item.put("cost_usd", total.cost().toUsd());
    }
  }

  /**
   * Reads what {@link #write(JobProgress)} wrote.
   *
   * @throws InvalidJobException naming the first field that is missing or wrong
   */
  public static JobProgress readProgress(JsonNode json) {
    List<RecordError> errors = new ArrayList<>();
    for (JsonNode error : json.path("last_errors")) {
      errors.add(
          new RecordError(
              number(error, "record_index"), optionalText(error, "step"), text(error, "error")));
    }
    List<ExportedFile> exports = new ArrayList<>();
    for (JsonNode file : json.path("exports")) {
      exports.add(
          new ExportedFile(
              text(file, "format"),
              text(file, "key"),
              number(file, "bytes"),
              text(file, "sha256"),
              number(file, "records")));
    }
    try {
      return new JobProgress(
          text(json, "job_id"),
          text(json, "user_id"),
          choice(json, "state", JobState::fromWire),
          optionalText(json, "state_reason"),
          optionalText(json, "queue_key"),
          number(json, "seq"),
          new Figures(
              new Counts(
                  number(json, "requested"),
                  number(json, "ok"),
                  number(json, "failed"),
                  number(json, "rejected"),
                  number(json, "not_started"),
                  number(json, "in_flight")),
              new Spend(
                  number(json, "tokens_in"),
                  number(json, "tokens_out"),
                  money(json, "cost_usd"),
                  money(json, "reserved_usd")),
              totals(json.path("by_step"), "step"),
              totals(json.path("by_model"), "model"),
              new Pace(decimal(json, "rate_per_s"), optionalInstant(json, "eta")),
              errors),
          optionalInstant(json, "started_at"),
          optionalInstant(json, "finished_at"),
          exports);
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private static List<UsageTotals> totals(JsonNode array, String nameField) {
    List<UsageTotals> totals = new ArrayList<>();
    for (JsonNode total : array) {
      totals.add(
          new UsageTotals(
              text(total, nameField),
              number(total, "calls"),
              number(total, "tokens_in"),
              number(total, "tokens_out"),
              money(total, "cost_usd")));
    }
    return totals;
  }

  public static ObjectNode write(DatasetRecord record) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("record_index", record.recordIndex());
    json.put("status", record.status().wireName());
    putIfPresent(json, "category", record.category());
    ObjectNode fields = json.putObject("fields");
    record.fields().forEach(fields::set);
    json.put("seed_ref", record.seedRef());
    ObjectNode prompts = json.putObject("prompts_sha256");
    record.promptsSha256().forEach(prompts::put);
    ArrayNode usage = json.putArray("usage");
    for (Usage step : record.usage()) {
      ObjectNode item = usage.addObject();
      item.put("step", step.step());
      item.put("model", step.model());
      item.put("tokens_in", step.tokensIn());
      item.put("tokens_out", step.tokensOut());
      item.put("cost_usd", step.cost().toUsd());
      item.put("attempts", step.attempts());
    }
    if (record.error() != null) {
      ObjectNode error = json.putObject("error");
      putIfPresent(error, "step", record.error().step());
      error.put("reason", record.error().reason());
    }
    json.put("generated_at", IsoMillis.format(record.generatedAt()));
    return json;
  }

  /**
   * Reads what {@link #write(DatasetRecord)} wrote.
   *
   * @throws InvalidJobException naming the first field that is missing or wrong
   */
  public static DatasetRecord readRecord(JsonNode json) {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    json.path("fields").properties().forEach(e -> fields.put(e.getKey(), e.getValue()));
    Map<String, String> prompts = new LinkedHashMap<>();
    json.path("prompts_sha256")
        .properties()
        .forEach(e -> prompts.put(e.getKey(), e.getValue().textValue()));
    List<Usage> usage = new ArrayList<>();
    for (JsonNode step : json.path("usage")) {
      usage.add(
          new Usage(
              text(step, "step"),
              text(step, "model"),
              number(step, "tokens_in"),
              number(step, "tokens_out"),
              money(step, "cost_usd"),
              integer(step, "attempts")));
    }
    JsonNode error = json.get("error");
    try {
      return new DatasetRecord(
          number(json, "record_index"),
          choice(json, "status", RecordStatus::fromWire),
          optionalText(json, "category"),
          fields,
          number(json, "seed_ref"),
          prompts,
          usage,
          error == null ? null : new Problem(optionalText(error, "step"), text(error, "reason")),
          instant(json, "generated_at"));
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(e.getMessage(), e);
    }
  }

  private static void putIfPresent(ObjectNode json, String field, String value) {
    if (value != null) {
      json.put(field, value);
    }
  }

  private static void putIfPresent(ObjectNode json, String field, Instant value) {
    if (value != null) {
      json.put(field, IsoMillis.format(value));
    }
  }

  private static String text(JsonNode json, String field) {
    String text = optionalText(json, field);
    if (text == null) {
      throw new InvalidJobException(field + " is missing");
    }
    return text;
  }

  private static String optionalText(JsonNode json, String field) {
    JsonNode value = json.get(field);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw new InvalidJobException(field + " must be a text, not " + value.getNodeType());
    }
    return value.textValue();
  }

  private static long number(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new InvalidJobException(field + " must be a whole number of 64 bits");
    }
    return value.longValue();
  }

  private static int integer(JsonNode json, String field) {
    long value = number(json, field);
    if (value != (int) value) {
      throw new InvalidJobException(field + " must be a whole number of 32 bits, not " + value);
    }
    return (int) value;
  }

  private static double decimal(JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isNumber()) {
      throw new InvalidJobException(field + " must be a number");
    }
    return value.doubleValue();
  }

  private static Money money(JsonNode json, String field) {
    try {
      return Money.parseUsd(text(json, field));
    } catch (IllegalArgumentException e) {
      throw new InvalidJobException(field + ": " + e.getMessage(), e);
    }
  }

  private static Instant instant(JsonNode json, String field) {
    Instant instant = optionalInstant(json, field);
    if (instant == null) {
      throw new InvalidJobException(field + " is missing");
    }
    return instant;
  }

  private static Instant optionalInstant(JsonNode json, String field) {
    String text = optionalText(json, field);
    try {
      return text == null ? null : IsoMillis.parse(text);
    } catch (DateTimeException e) {
      throw new InvalidJobException(field + ": " + e.getMessage(), e);
    }
  }

  private static <T> T choice(JsonNode json, String field, Function<String, Optional<T>> fromWire) {
    String text = text(json, field);
    return fromWire
        .apply(text)
        .orElseThrow(() -> new InvalidJobException(field + " cannot be '" + text + "'"));
  }
}
