package io.plotpalette.generator.export;

import com.fasterxml.jackson.databind.node.TextNode;
import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.generator.text.WellFormedText;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.money.Money;
import java.time.Instant;
import java.util.List;

/**
 * The page beside a dataset, in the form of the Hugging Face hub's dataset cards: a YAML head that
 * machines read, Markdown for people. Uploaded there it is called {@code README.md}.
 */
final class DatasetCard {
  private final ExportRequest request;
  private final List<Column> columns;
  private final Facts facts;
  private final StringBuilder text = new StringBuilder();

  /** What only the export knows. */
  record Facts(
      long ok,
      long failed,
      long rejected,
      long nearDuplicates,
      Instant firstRecordAt,
      Instant lastRecordAt,
      boolean hasOtherPartition) {}

  private DatasetCard(ExportRequest request, List<Column> columns, Facts facts) {
    this.request = request;
    this.columns = columns;
    this.facts = facts;
  }

  static String of(ExportRequest request, List<Column> columns, Facts facts) {
    DatasetCard card = new DatasetCard(request, columns, facts);
    card.head();
    card.summary();
    card.counts();
    card.usage();
    card.columns();
    card.files();
    return card.text.toString();
  }

  private void head() {
    ExportFormat format = readFirst();
    String path =
        request.job().outputs().partitionBy() == PartitionBy.NONE
            ? "dataset." + format.wireName()
            : "partitioned/%s/*/dataset.%s"
                .formatted(request.job().outputs().partitionBy().wireName(), format.wireName());
    line("---");
    // A JSON string is a YAML string.
    line("pretty_name: " + quoted(request.job().name()));
    line("size_categories:");
    line("- " + sizeCategory(facts.ok()));
    line("tags:");
    line("- synthetic");
    line("configs:");
    line("- config_name: default");
    line("  data_files:");
    line("  - split: train");
    line("    path: " + quoted(path));
    line("---");
    line("");
  }

  /** The format that carries the types best. */
  private ExportFormat readFirst() {
    List<ExportFormat> formats = request.job().outputs().formats();
    for (ExportFormat format :
        List.of(ExportFormat.PARQUET, ExportFormat.JSONL, ExportFormat.CSV)) {
      if (formats.contains(format)) {
        return format;
      }
    }
    throw new IllegalArgumentException("a job has at least one format");
  }

  /** The hub's own classes. */
  static String sizeCategory(long records) {
    String[] steps = {"1K", "10K", "100K", "1M", "10M", "100M", "1B"};
    long limit = 1_000;
    for (int i = 0; i < steps.length; i++, limit *= 10) {
      if (records < limit) {
        return i == 0 ? "n<1K" : steps[i - 1] + "<n<" + steps[i];
      }
    }
    return "n>1B";
  }

  private void summary() {
    JobDefinition job = request.job();
    line("# " + plain(job.name()));
    line("");
    line(
        "%d records, written by language models after the template \"%s\" and checked by nobody."
            .formatted(facts.ok(), plain(request.template().name())));
    if (!request.template().description().isBlank()) {
      line("");
      line("> " + plain(request.template().description()));
    }
    line("");
    line("| Made by | |");
    line("|---|---|");
    row("Job", "`" + job.jobId() + "`");
    row(
        "Template",
        "`%s` version %d".formatted(job.template().templateId(), job.template().version()));
    row("Seed data", "`%s`, SHA-256 `%s`".formatted(job.seed().seedDataId(), job.seed().sha256()));
    row("Random seed", Long.toString(job.terms().randomSeed()));
    row("Ordered", IsoMillis.format(job.createdAt()));
    if (request.progress().startedAt() != null) {
      row("Started", IsoMillis.format(request.progress().startedAt()));
    }
    if (facts.firstRecordAt() != null) {
      row("First record", IsoMillis.format(facts.firstRecordAt()));
      row("Last record", IsoMillis.format(facts.lastRecordAt()));
    }
    String reason = request.progress().stateReason();
    row("Ended as", request.outcome() + (reason == null ? "" : ": " + plain(reason)));
    line("");
  }

  private void counts() {
    long requested = request.progress().figures().counts().requested();
    line("| Records | |");
    line("|---|---|");
    row("Asked for", Long.toString(requested));
    row("In the dataset", Long.toString(facts.ok()));
    row(
        "Rejected",
        facts.nearDuplicates() == 0
            ? Long.toString(facts.rejected())
            : "%d, of them %d near-duplicates".formatted(facts.rejected(), facts.nearDuplicates()));
    row("Failed", Long.toString(facts.failed()));
    row("Not started", Long.toString(requested - facts.ok() - facts.rejected() - facts.failed()));
    line("");
  }

  private void usage() {
    line("| Model | Calls | Tokens in | Tokens out | Cost in USD |");
    line("|---|---:|---:|---:|---:|");
    for (UsageTotals model : request.progress().figures().byModels()) {
      usageRow("`" + model.name() + "`", model);
    }
    Money cost = request.progress().figures().spend().cost();
    line(
        "| all | | %d | %d | %s |"
            .formatted(
                request.progress().figures().spend().tokensIn(),
                request.progress().figures().spend().tokensOut(),
                cost.toUsd()));
    line("");
    line(
        "The budget was %s USD. The cost is that of the models, calls without an answer included."
            .formatted(request.job().terms().budgetLimit().toUsd()));
    line("");
    line("| Step | Calls | Tokens in | Tokens out | Cost in USD |");
    line("|---|---:|---:|---:|---:|");
    for (UsageTotals step : request.progress().figures().bySteps()) {
      usageRow(plain(step.name()), step);
    }
    line("");
  }

  private void usageRow(String name, UsageTotals totals) {
    line(
        "| %s | %d | %d | %d | %s |"
            .formatted(
                name,
                totals.calls(),
                totals.tokensIn(),
                totals.tokensOut(),
                totals.cost().toUsd()));
  }

  private void columns() {
    line("| Column | Holds |");
    line("|---|---|");
    for (Column column : columns) {
      row(
          "`" + plain(column.name()) + "`",
          switch (column.type()) {
            case TEXT -> "text";
            case INTEGER -> "whole number of 64 bits";
            case NUMBER -> "number";
            case BOOLEAN -> "true or false";
            case JSON -> "JSON; as a text in CSV and Parquet";
            case TIME -> "instant, UTC";
          });
    }
    line("");
  }

  private void files() {
    line(
        "The same records stand in each format, in the order of `record_index`. A step that was"
            + " skipped for a record is null.");
    line(
        "In CSV nothing between two commas is null and `\"\"` is an empty text. Values that begin"
            + " like a spreadsheet's formula are left as they are: import them as text.");
    if (facts.hasOtherPartition()) {
      line(
          "There are more categories than folders: what is left is in `category=%s`."
              .formatted(Partitions.OTHER));
    }
    if (facts.rejected() > 0) {
      line("What was rejected is in `rejected.jsonl`, with score and reason.");
    }
    if (facts.failed() > 0) {
      line("What failed is in `failed.jsonl`, with step and reason.");
    }
  }

  private static String quoted(String text) {
    return Text.ofJson(TextNode.valueOf(text));
  }

  /** On one line, and nothing that Markdown or HTML would take for its own. */
  private static String plain(String text) {
    return WellFormedText.of(text)
        .replaceAll("\\s+", " ")
        .replaceAll("([\\\\|`*\\[\\]<>#])", "\\\\$1");
  }

  private void row(String name, String value) {
    line("| " + name + " | " + value + " |");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
