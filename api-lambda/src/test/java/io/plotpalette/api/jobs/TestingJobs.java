package io.plotpalette.api.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ItemJson;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.seeddata.SeeddataHandler;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.templates.TemplatesHandler;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.Pace;
import io.plotpalette.model.job.JobProgress.RecordError;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.money.Money;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Templates and seed data by their own operations, and what the generator writes of jobs. */
public final class TestingJobs {
  public static final String TEMPLATE =
      """
      {"name": "Poems", "description": "", "category": "mood",
       "steps": [
         {"id": "poem", "model_tier": "cheap", "max_tokens": 100,
          "prompt": "A poem by {{ author.name }} about {{ theme }}."},
         {"id": "score", "model_tier": "balanced", "max_tokens": 50, "output": "json",
          "schema": {"type": "object", "properties": {"points": {"type": "number"}},
                     "required": ["points"]},
          "prompt": "Score this: {{ steps.poem.output }}"}]}
      """;

  public static final String SEED_DATA =
      """
      [{"author": {"name": "Ada"}, "theme": "rain", "mood": "calm"},
       {"author": {"name": "Bob"}, "theme": "snow", "mood": "bright"}]
      """;

  private static final String SHA256 = "0a1b".repeat(16);

  static final Instant FINISHED_AT = Instant.parse("2026-11-20T10:00:00Z");

  private static final Supplier<String> IDS = TaskIds.timeOrdered();

  private final DynamoDbClient dynamoDb;
  private final TransferBucket files;
  private final TestingApi templates;
  private final TestingApi seedData;

  public TestingJobs(DynamoDbClient dynamoDb, TransferBucket files) {
    this.dynamoDb = dynamoDb;
    this.files = files;
    ApiClients clients = TestingClients.of(dynamoDb, new TestingQueue(), files);
    InstantSource clock = InstantSource.system();
    this.templates =
        new TestingApi(new TemplatesHandler(TestingDynamoDb.CONFIG, clients, clock, IDS));
    this.seedData =
        new TestingApi(new SeeddataHandler(TestingDynamoDb.CONFIG, clients, clock, IDS));
  }

  /** A user's template; returns its id. */
  String template(String userId) {
    return template(userId, TEMPLATE);
  }

  String template(String userId, String definition) {
    Answer created = templates.call("POST", "/v1/templates").as(userId).json(definition).send();
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    return created.json().get("template_id").textValue();
  }

  /** Makes the next version of the template. */
  void nextVersion(String userId, String templateId) {
    templates
        .call("PUT", "/v1/templates/" + templateId)
        .as(userId)
        .ifMatch("*")
        .json(TEMPLATE)
        .send();
  }

  /** A user's uploaded and validated seed data; returns their id. */
  String seedData(String userId, String content) {
    String id = openSeedData(userId, content);
    files.write(JobPaths.seedData(userId, id), content.getBytes(UTF_8));
    Answer validated =
        seedData.call("POST", "/v1/seed-data/" + id + "/validate").as(userId).json("{}").send();
    assertThat(validated.status()).as(validated.body()).isEqualTo(200);
    return id;
  }

  /** Seed data before the upload. */
  String openSeedData(String userId, String content) {
    String body =
        "{\"name\": \"Poems\", \"format\": \"json\", \"size\": %d}"
            .formatted(content.getBytes(UTF_8).length);
    return seedData
        .call("POST", "/v1/seed-data")
        .as(userId)
        .json(body)
        .send()
        .json()
        .get("seed_data_id")
        .textValue();
  }

  /** Puts another file in the place of the one that was validated. */
  void overwrite(String userId, String seedDataId, String content) {
    files.write(JobPaths.seedData(userId, seedDataId), content.getBytes(UTF_8));
  }

  /** What the API has written of a job with a budget of 2.50. */
  public void definition(String userId, String jobId) {
    ObjectNode item =
        JobJson.write(
            new JobDefinition(
                jobId,
                userId,
                "Poems",
                new TemplateRef(IDS.get(), 1),
                new SeedRef(IDS.get(), null, SHA256),
                new Terms(10, Money.parseUsd("2.50"), JobPriority.NORMAL, 5, 7),
                new Outputs(List.of(ExportFormat.JSONL), PartitionBy.NONE, null, null),
                Instant.parse("2026-11-20T09:58:00Z"),
                null));
    item.put(JobAttribute.PART, JobAttribute.PART_DEFINITION);
    put(TestingDynamoDb.CONFIG.datasets().jobsTable(), item);
  }

  /** The generator has begun: 5 of 10 records have left. */
  public void running(String userId, String jobId) {
    progress(userId, jobId, JobState.RUNNING, "1#x", null, List.of());
  }

  /** The generator has finished, with a file in two formats. */
  public void completed(String userId, String jobId) {
    List<ExportedFile> exports =
        List.of(
            file(jobId, ExportFormat.JSONL, "{\"record_index\":0}\n"),
            file(jobId, ExportFormat.CSV, "record_index\n0\n"));
    progress(userId, jobId, JobState.COMPLETED, null, FINISHED_AT, exports);
  }

  private ExportedFile file(String jobId, ExportFormat format, String content) {
    byte[] bytes = content.getBytes(UTF_8);
    String key = JobPaths.dataset(jobId, format);
    files.write(key, bytes);
    return new ExportedFile(format.wireName(), key, bytes.length, SHA256, 1);
  }

  private void progress(
      String userId,
      String jobId,
      JobState state,
      String queueKey,
      Instant finishedAt,
      List<ExportedFile> exports) {
    List<UsageTotals> totals = List.of(new UsageTotals("poem", 6, 600, 300, new Money(1_250_000)));
    Figures figures =
        new Figures(
            new Counts(10, 4, 1, 0, 3, 2),
            new Spend(600, 300, new Money(1_250_000), new Money(750_000)),
            totals,
            totals,
            new Pace(2.5, Instant.parse("2026-11-20T10:00:04Z")),
            List.of(new RecordError(3, "poem", "refused")));
    ObjectNode item =
        JobJson.write(
            new JobProgress(
                jobId,
                userId,
                state,
                null,
                queueKey,
                state.isFinal() ? 8 : 7,
                figures,
                Instant.parse("2026-11-20T09:59:00Z"),
                finishedAt,
                exports));
    item.put(JobAttribute.PART, JobAttribute.PART_PROGRESS);
    put(TestingDynamoDb.CONFIG.datasets().jobsTable(), item);
  }

  /** Rows of the journal in so many buckets, and one of the costs. */
  void journalAndCosts(String jobId, int buckets, int segments) {
    for (int bucket = 0; bucket < buckets; bucket++) {
      for (int segment = 0; segment < segments; segment++) {
        segment(jobId + "#" + bucket, segment);
      }
    }
    segment(jobId + "#runs", 1);
    ObjectNode cost = Json.MAPPER.createObjectNode();
    cost.put(JobAttribute.JOB_ID, jobId);
    cost.put(JobAttribute.PERIOD, IsoMillis.format(FINISHED_AT));
    put(TestingDynamoDb.CONFIG.datasets().costTrackingTable(), cost);
  }

  private void segment(String key, int segment) {
    ObjectNode item = Json.MAPPER.createObjectNode();
    item.put(JobAttribute.JOURNAL_KEY, key);
    item.put(JobAttribute.SEGMENT, "%019d".formatted(segment));
    put(TestingDynamoDb.CONFIG.datasets().callJournalTable(), item);
  }

  /** Everything in a table whose key is, or begins with, the job's id. */
  long rows(String table, String keyName, String jobId) {
    return dynamoDb.scanPaginator(scan -> scan.tableName(table)).items().stream()
        .map(item -> item.get(keyName).s())
        .filter(key -> key.startsWith(jobId))
        .count();
  }

  Map<String, AttributeValue> part(String jobId, String part) {
    return dynamoDb
        .getItem(
            get ->
                get.tableName(TestingDynamoDb.CONFIG.datasets().jobsTable())
                    .key(
                        Map.of(
                            JobAttribute.JOB_ID, AttributeValue.fromS(jobId),
                            JobAttribute.PART, AttributeValue.fromS(part))))
        .item();
  }

  private void put(String table, ObjectNode item) {
    dynamoDb.putItem(put -> put.tableName(table).item(ItemJson.toItem(item)));
  }

  static ObjectNode object(String json) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + json, e);
    }
  }
}
