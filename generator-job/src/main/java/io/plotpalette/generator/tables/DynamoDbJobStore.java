package io.plotpalette.generator.tables;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.table.TemplateAttribute;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** The tables {@code jobs} and {@code templates}. */
final class DynamoDbJobStore implements JobStore {
  private static final String BY_STATE = "by-state";

  /** Attributes of a template that its definition is made of. */
  private static final List<String> DEFINITION =
      List.of("name", "description", "steps", "category");

  private final DynamoDbAsyncClient client;
  private final TableRequests requests;
  private final String jobsTable;
  private final String templatesTable;

  DynamoDbJobStore(
      DynamoDbAsyncClient client, TableRequests requests, String jobsTable, String templatesTable) {
    this.client = client;
    this.requests = requests;
    this.jobsTable = jobsTable;
    this.templatesTable = templatesTable;
  }

  @Override
  public CompletableFuture<Optional<StoredJob>> job(String jobId) {
    QueryRequest query =
        QueryRequest.builder()
            .tableName(jobsTable)
            .consistentRead(true)
            .keyConditionExpression("#id = :id")
            .expressionAttributeNames(Map.of("#id", JobAttribute.JOB_ID))
            .expressionAttributeValues(Map.of(":id", AttributeValue.fromS(jobId)))
            .build();
    return requests
        .untilAnswered("reading job " + jobId, () -> client.query(query))
        .thenApply(DynamoDbJobStore::storedJob);
  }

  private static Optional<StoredJob> storedJob(QueryResponse answer) {
    Map<String, ObjectNode> parts = new HashMap<>();
    answer.items().forEach(item -> parts.put(item.get(JobAttribute.PART).s(), ItemJson.read(item)));
    ObjectNode definition = parts.get(JobAttribute.PART_DEFINITION);
    ObjectNode progress = parts.get(JobAttribute.PART_PROGRESS);
    return definition == null || progress == null
        ? Optional.empty()
        : Optional.of(
            new StoredJob(JobJson.readDefinition(definition), JobJson.readProgress(progress)));
  }

  @Override
  public CompletableFuture<List<String>> jobIds(JobState state) {
    return jobIds(state, List.of(), Map.of());
  }

  private CompletableFuture<List<String>> jobIds(
      JobState state, List<String> before, Map<String, AttributeValue> from) {
    QueryRequest query =
        QueryRequest.builder()
            .tableName(jobsTable)
            .indexName(BY_STATE)
            .keyConditionExpression("#state = :state")
            .projectionExpression("#id")
            .expressionAttributeNames(
                Map.of("#state", JobAttribute.STATE, "#id", JobAttribute.JOB_ID))
            .expressionAttributeValues(Map.of(":state", AttributeValue.fromS(state.name())))
            .exclusiveStartKey(from.isEmpty() ? null : from)
            .build();
    return requests
        .untilAnswered("listing jobs that are " + state, () -> client.query(query))
        .thenCompose(
            page -> {
              List<String> ids =
                  Stream.concat(
                          before.stream(),
                          page.items().stream().map(item -> item.get(JobAttribute.JOB_ID).s()))
                      .toList();
              return page.lastEvaluatedKey().isEmpty()
                  ? CompletableFuture.completedFuture(ids)
                  : jobIds(state, ids, page.lastEvaluatedKey());
            });
  }

  @Override
  public CompletableFuture<Optional<TemplateDefinition>> template(TemplateRef template) {
    GetItemRequest get =
        GetItemRequest.builder()
            .tableName(templatesTable)
            .consistentRead(true)
            .key(
                Map.of(
                    TemplateAttribute.TEMPLATE_ID, AttributeValue.fromS(template.templateId()),
                    TemplateAttribute.VERSION_KEY,
                        AttributeValue.fromS(TemplateAttribute.versionKey(template.version()))))
            .build();
    return requests
        .untilAnswered("reading template " + template.templateId(), () -> client.getItem(get))
        .thenApply(
            answer ->
                answer.hasItem()
                    ? Optional.of(
                        TemplateJson.read(ItemJson.read(answer.item()).retain(DEFINITION)))
                    : Optional.empty());
  }

  @Override
  public CompletableFuture<Boolean> write(JobProgress progress) {
    ObjectNode json = JobJson.write(progress);
    json.put(JobAttribute.PART, JobAttribute.PART_PROGRESS);
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":seq", AttributeValue.fromN(Long.toString(progress.seq())));
    List<String> finalStates = new ArrayList<>();
    for (JobState state : JobState.values()) {
      if (state.isFinal()) {
        values.put(":" + state.name(), AttributeValue.fromS(state.name()));
        finalStates.add(":" + state.name());
      }
    }
    PutItemRequest put =
        PutItemRequest.builder()
            .tableName(jobsTable)
            .item(ItemJson.write(json))
            .conditionExpression(
                "attribute_exists(#id) and #seq < :seq and not #state in ("
                    + String.join(", ", finalStates)
                    + ")")
            .expressionAttributeNames(
                Map.of(
                    "#id", JobAttribute.JOB_ID,
                    "#seq", JobAttribute.SEQ,
                    "#state", JobAttribute.STATE))
            .expressionAttributeValues(values)
            .build();
    return requests
        .untilAnswered("writing progress of job " + progress.jobId(), () -> client.putItem(put))
        .thenApply(written -> true)
        .exceptionallyCompose(
            failure ->
                TableRequests.unwrapped(failure) instanceof ConditionalCheckFailedException
                    ? CompletableFuture.completedFuture(false)
                    : CompletableFuture.failedFuture(failure));
  }
}
