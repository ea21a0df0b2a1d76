package io.plotpalette.local.datasets;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.tables.ItemJson;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import io.plotpalette.model.table.TemplateAttribute;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** Generation jobs put straight into tables and bucket, as the API does, for loads and kills. */
public final class DirectJobs {
  private static final String USER = "load";
  private static final String SEED_DATA = "numbers";
  private static final int SEED_ENTRIES = 1_000;
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final DynamoDbClient dynamoDb;
  private final String stage;
  private final SeedRef seed;

  /** Writes the seed data: entries with one field, {@code number}. */
  public DirectJobs(DynamoDbClient dynamoDb, String stage, Path bucket) throws IOException {
    this.dynamoDb = dynamoDb;
    this.stage = stage;
    ArrayNode entries = JSON.createArrayNode();
    for (int i = 0; i < SEED_ENTRIES; i++) {
      entries.addObject().put("number", i);
    }
    byte[] bytes = JSON.writeValueAsBytes(entries);
    Path file = bucket.resolve(JobPaths.seedData(USER, SEED_DATA));
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    seed = new SeedRef(SEED_DATA, null, sha256(bytes));
  }

  /** Writes a template that every job may name. */
  public TemplateRef template(TemplateDefinition definition) {
    TemplateRef template = new TemplateRef(UUID.randomUUID().toString(), 1);
    ObjectNode json = TemplateJson.write(definition);
    json.put(TemplateAttribute.TEMPLATE_ID, template.templateId());
    json.put(TemplateAttribute.USER_ID, USER);
    Map<String, AttributeValue> item = ItemJson.write(json);
    item.put(
        TemplateAttribute.VERSION_KEY,
        AttributeValue.fromS(TemplateAttribute.versionKey(template.version())));
    dynamoDb.putItem(put -> put.tableName(name(Tables.TEMPLATES)).item(item));
    return template;
  }

  /** Queues a job; its id. */
  public String queue(TemplateRef template, Terms terms) {
    JobDefinition job =
        new JobDefinition(
            UUID.randomUUID().toString(),
            USER,
            "load",
            template,
            seed,
            terms,
            new Outputs(List.of(ExportFormat.JSONL), PartitionBy.NONE, null, null),
            Instant.now(),
            null);
    dynamoDb.transactWriteItems(
        transaction ->
            transaction.transactItems(
                put(JobJson.write(job), JobAttribute.PART_DEFINITION),
                put(JobJson.write(JobProgress.queued(job)), JobAttribute.PART_PROGRESS)));
    return job.jobId();
  }

  private TransactWriteItem put(ObjectNode json, String part) {
    json.put(JobAttribute.PART, part);
    return TransactWriteItem.builder()
        .put(Put.builder().tableName(name(Tables.JOBS)).item(ItemJson.write(json)).build())
        .build();
  }

  /** How far a job is. */
  public JobProgress progress(String jobId) {
    return JobJson.readProgress(
        ItemJson.read(
            dynamoDb
                .getItem(
                    get ->
                        get.tableName(name(Tables.JOBS))
                            .consistentRead(true)
                            .key(
                                Map.of(
                                    JobAttribute.JOB_ID, AttributeValue.fromS(jobId),
                                    JobAttribute.PART,
                                        AttributeValue.fromS(JobAttribute.PART_PROGRESS))))
                .item()));
  }

  private String name(TableDefinition table) {
    return table.physicalName(stage);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
