package io.plotpalette.generator.export;

import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.DatasetRecord.Usage;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.lake.GenerationTable;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.fs.Path;

/**
 * What the lake keeps of a job: how it ended, and what each step cost on each day. Taken from the
 * records; what the job has spent beyond them (on calls whose answer no record has) counts on the
 * last day, so that the steps add up to the job.
 */
final class LakeRows {
  static final List<Column> JOB_COLUMNS =
      List.of(
          text("job_id"),
          text("user_id"),
          text("template_id"),
          number("template_version"),
          text("priority"),
          text("outcome"),
          new Column("outcome_reason", DatasetColumns.Type.TEXT, true),
          number("requested"),
          number("ok"),
          number("failed"),
          number("rejected"),
          number("near_duplicates"),
          number("not_started"),
          number("budget_nano_usd"),
          number("cost_nano_usd"),
          number("tokens_in"),
          number("tokens_out"),
          time("created_at"),
          new Column("started_at", DatasetColumns.Type.TIME, true),
          time("ended_at"));

  static final List<Column> USAGE_COLUMNS =
      List.of(
          text("job_id"),
          text("user_id"),
          text("step"),
          text("model"),
          number("records"),
          number("calls"),
          number("tokens_in"),
          number("tokens_out"),
          number("cost_nano_usd"),
          time("last_record_at"));

  private static final String UNKNOWN_MODEL = "unknown";
  private static final long BUFFER_BYTES = 1024 * 1024;

  /** In this order in the file of a day. */
  private final Map<LocalDate, Map<String, Totals>> days = new TreeMap<>();

  private static final class Totals {
    private String model = UNKNOWN_MODEL;
    private long records;
    private long calls;
    private long tokensIn;
    private long tokensOut;
    private long cost;
    private Instant last;
  }

  private static Column text(String name) {
    return new Column(name, DatasetColumns.Type.TEXT, false);
  }

  private static Column number(String name) {
    return new Column(name, DatasetColumns.Type.INTEGER, false);
  }

  private static Column time(String name) {
    return new Column(name, DatasetColumns.Type.TIME, false);
  }

  void add(DatasetRecord record) {
    for (Usage usage : record.usage()) {
      Totals totals = totals(usage.step(), record.generatedAt());
      totals.model = usage.model();
      totals.records++;
      totals.calls += usage.attempts();
      totals.tokensIn += usage.tokensIn();
      totals.tokensOut += usage.tokensOut();
      totals.cost = Math.addExact(totals.cost, usage.cost().nanoUsd());
    }
  }

  private Totals totals(String step, Instant at) {
    Totals totals =
        days.computeIfAbsent(day(at), day -> new TreeMap<>())
            .computeIfAbsent(step, name -> new Totals());
    if (totals.last == null || at.isAfter(totals.last)) {
      totals.last = at;
    }
    return totals;
  }

  private static LocalDate day(Instant at) {
    return at.atZone(ZoneOffset.UTC).toLocalDate();
  }

  /** Writes both tables' rows; a file of theirs that is there is replaced. */
  void write(ExportRequest request, DatasetCard.Facts facts) throws IOException {
    JobDefinition job = request.job();
    Instant endedAt = facts.lastRecordAt() == null ? job.createdAt() : facts.lastRecordAt();
    addWhatNoRecordHas(request, endedAt);
    write(
        request.root(),
        GenerationTable.JOBS.file(day(endedAt), job.jobId()),
        JOB_COLUMNS,
        List.<Object[]>of(jobRow(request, facts, endedAt)));
    for (Map.Entry<LocalDate, Map<String, Totals>> day : days.entrySet()) {
      List<Object[]> rows = new ArrayList<>();
      day.getValue().forEach((step, totals) -> rows.add(usageRow(job, step, totals)));
      write(
          request.root(),
          GenerationTable.USAGE.file(day.getKey(), job.jobId()),
          USAGE_COLUMNS,
          rows);
    }
  }

  private void addWhatNoRecordHas(ExportRequest request, Instant endedAt) {
    Map<String, Totals> recorded = new HashMap<>();
    for (Map<String, Totals> steps : days.values()) {
      steps.forEach(
          (step, totals) -> {
            Totals sum = recorded.computeIfAbsent(step, name -> new Totals());
            sum.model = totals.model;
            sum.calls += totals.calls;
            sum.tokensIn += totals.tokensIn;
            sum.tokensOut += totals.tokensOut;
            sum.cost += totals.cost;
          });
    }
    for (UsageTotals spent : request.progress().figures().bySteps()) {
      Totals sum = recorded.getOrDefault(spent.name(), new Totals());
      long cost = spent.cost().nanoUsd() - sum.cost;
      if (cost != 0 || spent.calls() > sum.calls) {
        Totals totals = totals(spent.name(), endedAt);
        totals.model = sum.model;
        totals.calls += Math.max(0, spent.calls() - sum.calls);
        totals.tokensIn += Math.max(0, spent.tokensIn() - sum.tokensIn);
        totals.tokensOut += Math.max(0, spent.tokensOut() - sum.tokensOut);
        totals.cost += cost;
      }
    }
  }

  private static Object[] jobRow(ExportRequest request, DatasetCard.Facts facts, Instant endedAt) {
    JobDefinition job = request.job();
    Counts counts = request.progress().figures().counts();
    Spend spend = request.progress().figures().spend();
    return new Object[] {
      job.jobId(),
      job.userId(),
      job.template().templateId(),
      (long) job.template().version(),
      job.terms().priority().wireName(),
      request.outcome().name(),
      request.progress().stateReason(),
      counts.requested(),
      facts.ok(),
      facts.failed(),
      facts.rejected(),
      facts.nearDuplicates(),
      counts.requested() - facts.ok() - facts.failed() - facts.rejected(),
      job.terms().budgetLimit().nanoUsd(),
      spend.cost().nanoUsd(),
      spend.tokensIn(),
      spend.tokensOut(),
      job.createdAt(),
      request.progress().startedAt(),
      endedAt
    };
  }

  private static Object[] usageRow(JobDefinition job, String step, Totals totals) {
    return new Object[] {
      job.jobId(),
      job.userId(),
      step,
      totals.model,
      totals.records,
      totals.calls,
      totals.tokensIn,
      totals.tokensOut,
      totals.cost,
      totals.last
    };
  }

  private static void write(Path root, String key, List<Column> columns, List<Object[]> rows)
      throws IOException {
    try (CommittedFile file = CommittedFile.create(new Path(root, key))) {
      DatasetWriter writer = new ParquetDatasetWriter(columns, file, BUFFER_BYTES);
      for (Object[] row : rows) {
        writer.write(row);
      }
      writer.finish();
      file.commit();
    }
  }
}
