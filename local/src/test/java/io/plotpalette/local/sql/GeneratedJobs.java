package io.plotpalette.local.sql;

import io.plotpalette.model.lake.GenerationTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** A month of generation jobs as generator-job would have left them in the lake, out of a seed. */
final class GeneratedJobs {
  static final List<String> MODELS = List.of("small-model", "large-model", "judge");
  private static final List<String> OUTCOMES =
      List.of("COMPLETED", "COMPLETED", "COMPLETED", "BUDGET_EXCEEDED", "CANCELLED", "FAILED");
  private static final int DAYS = 31;
  private static final int JOBS_A_DAY = 3;

  private GeneratedJobs() {}

  static void write(Path bucket, Connection duckDb, Instant start, long seed)
      throws IOException, SQLException {
    SplittableRandom random = new SplittableRandom(seed);
    List<Map<String, Object>> jobs = new ArrayList<>();
    List<Map<String, Object>> usage = new ArrayList<>();
    for (int i = 0; i < DAYS * JOBS_A_DAY; i++) {
      Instant ended =
          start.plus(Duration.ofDays(i / JOBS_A_DAY)).plusSeconds(random.nextInt(86_400));
      addJob(i, ended, random, jobs, usage);
    }
    copy(bucket, duckDb, GenerationTable.JOBS, "ended_at", jobs);
    copy(bucket, duckDb, GenerationTable.USAGE, "last_record_at", usage);
  }

  private static void addJob(
      int number,
      Instant ended,
      SplittableRandom random,
      List<Map<String, Object>> jobs,
      List<Map<String, Object>> usage) {
    String jobId = "job-" + number;
    String userId = "user-" + random.nextInt(7);
    String outcome = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
    boolean begun = random.nextInt(10) > 0;
    long requested = 1L + random.nextInt(1_000);
    long started = begun ? (outcome.equals("COMPLETED") ? requested : requested / 2) : 0;
    long failed = started / 10;
    long rejected = started / 5;
    long cost = 0;
    long in = 0;
    long out = 0;
    for (int step = 0; begun && step < 1 + number % MODELS.size(); step++) {
      Map<String, Object> row = new LinkedHashMap<>();
      long tokensIn = random.nextInt(100_000);
      long tokensOut = random.nextInt(100_000);
      // Beyond what a double holds to the last digit when it is added up.
      long stepCost = random.nextLong(10_000_000_000_000L);
      row.put("job_id", jobId);
      row.put("user_id", userId);
      row.put("step", "step-" + step);
      row.put("model", MODELS.get(step));
      row.put("records", started);
      row.put("calls", started + random.nextInt(5));
      row.put("tokens_in", tokensIn);
      row.put("tokens_out", tokensOut);
      row.put("cost_nano_usd", stepCost);
      row.put("last_record_at", ended);
      usage.add(row);
      cost += stepCost;
      in += tokensIn;
      out += tokensOut;
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("job_id", jobId);
    row.put("user_id", userId);
    row.put("template_id", "template-" + number % 4);
    row.put("template_version", 1L);
    row.put("priority", "normal");
    row.put("outcome", outcome);
    row.put("outcome_reason", outcome.equals("FAILED") ? "no access" : null);
    row.put("requested", requested);
    row.put("ok", started - failed - rejected);
    row.put("failed", failed);
    row.put("rejected", rejected);
    row.put("near_duplicates", rejected / 2);
    row.put("not_started", requested - started);
    row.put("budget_nano_usd", 40_000_000_000_000L);
    row.put("cost_nano_usd", cost);
    row.put("tokens_in", in);
    row.put("tokens_out", out);
    row.put("created_at", ended.minusSeconds(4_000));
    row.put("started_at", begun ? ended.minusSeconds(3_000) : null);
    row.put("ended_at", ended);
    jobs.add(row);
  }

  private static void copy(
      Path bucket,
      Connection duckDb,
      GenerationTable table,
      String eventTime,
      List<Map<String, Object>> rows)
      throws IOException, SQLException {
    Path lines = bucket.resolve(table.sqlName() + ".jsonl");
    Files.writeString(
        lines, rows.stream().map(GeneratedMonth::json).collect(Collectors.joining("\n")));
    GeneratedMonth.copy(duckDb, bucket, LakeFiles.of(table), eventTime, lines);
  }
}
