package io.plotpalette.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ItemJson;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.Pace;
import io.plotpalette.model.job.JobProgress.RecordError;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.table.Tables;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Jobs of one user in the table, as the API and the generator would have written them. */
final class TestingJobs {
  private static final Instant NOW = Instant.parse("2026-11-20T09:00:00Z");

  private final DynamoDbClient dynamoDb;
  private final String userId;

  TestingJobs(DynamoDbClient dynamoDb, String accessToken) throws IOException {
    this.dynamoDb = dynamoDb;
    byte[] claims = Base64.getUrlDecoder().decode(accessToken.split("\\.", -1)[1]);
    this.userId = new ObjectMapper().readTree(claims).get("sub").asText();
  }

  /** A job of 200 records that runs, 92 of them done. */
  void add(String jobId) {
    put(JobJson.write(job(jobId)), JobAttribute.PART_DEFINITION);
    running(jobId, 90);
  }

  /** So many of its records are ok, and two have failed. */
  void running(String jobId, long ok) {
    put(
        jobId,
        JobState.RUNNING,
        null,
        ok,
        new Counts(200, ok, 2, 0, 200 - ok - 2 - 32, 32),
        new Pace(3.2, null));
  }

  void outOfMoney(String jobId) {
    over(jobId, JobState.BUDGET_EXCEEDED, "no further call fits into the budget");
  }

  /** The job ends like this, 122 records ok. */
  void over(String jobId, JobState state, String reason) {
    put(jobId, state, reason, 1_000, new Counts(200, 122, 2, 0, 76, 0), Pace.UNKNOWN);
  }

  private void put(
      String jobId, JobState state, String reason, long seq, Counts counts, Pace pace) {
    JobDefinition job = job(jobId);
    Money reserved = state.isFinal() ? Money.ZERO : Money.parseUsd("0.18");
    Money cost = Money.parseUsd("0.41");
    JobProgress progress =
        new JobProgress(
            job.jobId(),
            job.userId(),
            state,
            reason,
            state.isFinal() ? null : JobProgress.queueKey(job),
            seq,
            new Figures(
                counts,
                new Spend(18_400, 91_000, cost, reserved),
                List.of(new UsageTotals("outline", 124, 9_000, 30_000, Money.parseUsd("0.08"))),
                List.of(new UsageTotals("llama", 124, 9_000, 30_000, Money.parseUsd("0.08"))),
                pace,
                List.of(new RecordError(17, "outline", "<b>the model</b> answered with 500"))),
            NOW,
            state.isFinal() ? NOW.plusSeconds(60) : null,
            List.of());
    put(JobJson.write(progress), JobAttribute.PART_PROGRESS);
  }

  private JobDefinition job(String jobId) {
    return new JobDefinition(
        jobId,
        userId,
        "Sea stories",
        new TemplateRef(jobId, 1),
        new SeedRef(jobId, null, "00"),
        new Terms(200, Money.parseUsd("2.50"), JobPriority.NORMAL, 50, 1),
        new Outputs(List.of(ExportFormat.JSONL), PartitionBy.NONE, null, null),
        NOW,
        null);
  }

  private void put(ObjectNode json, String part) {
    json.put(JobAttribute.PART, part);
    dynamoDb.putItem(
        item ->
            item.tableName(Tables.JOBS.physicalName(PaletteServer.STAGE))
                .item(ItemJson.toItem(json)));
  }
}
