package io.plotpalette.api.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.ItemJson;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * The table {@code jobs}: both parts are created together, then the API only writes the
 * definition's cancellation and the generator only the progress.
 */
public final class JobStore {
  /** The key attributes of a list, without the owner's. */
  static final Set<String> LIST_KEY =
      Set.of(JobAttribute.JOB_ID, JobAttribute.PART, JobAttribute.CREATED_AT);

  private static final String BY_USER = "by-user";

  private final DynamoDbClient dynamoDb;
  private final String jobs;
  private final String callJournal;
  private final String costTracking;

  public JobStore(DynamoDbClient dynamoDb, ApiConfig.Datasets tables) {
    this.dynamoDb = dynamoDb;
    this.jobs = tables.jobsTable();
    this.callJournal = tables.callJournalTable();
    this.costTracking = tables.costTrackingTable();
  }

  /**
   * Some jobs of a user.
   *
   * @param nextKey where the next page starts; empty on the last one
   */
  record Page(List<Job> jobs, Map<String, String> nextKey) {}

  /** Writes a new job, queued, unless the id is taken. */
  void add(JobDefinition job) {
    Map<String, AttributeValue> definition = item(JobJson.write(job), JobAttribute.PART_DEFINITION);
    Map<String, AttributeValue> progress =
        item(JobJson.write(JobProgress.queued(job)), JobAttribute.PART_PROGRESS);
    try {
      List<TransactWriteItem> parts = List.of(newItem(definition), newItem(progress));
      dynamoDb.transactWriteItems(transaction -> transaction.transactItems(parts));
    } catch (TransactionCanceledException e) {
      if (e.cancellationReasons().stream()
          .noneMatch(reason -> "ConditionalCheckFailed".equals(reason.code()))) {
        throw e;
      }
    }
  }

  private TransactWriteItem newItem(Map<String, AttributeValue> item) {
    Put put =
        Put.builder()
            .tableName(jobs)
            .item(item)
            .conditionExpression("attribute_not_exists(job_id)")
            .build();
    return TransactWriteItem.builder().put(put).build();
  }

  private static Map<String, AttributeValue> item(ObjectNode json, String part) {
    json.put(JobAttribute.PART, part);
    return ItemJson.toItem(json);
  }

  /** Both parts as they are now; empty unless the user has such a job. */
  public Optional<Job> find(String userId, String jobId) {
    return job(dynamoDb
            .query(
                query ->
                    query
                        .tableName(jobs)
                        .keyConditionExpression("job_id = :id")
                        .expressionAttributeValues(Map.of(":id", AttributeValue.fromS(jobId)))
                        .consistentRead(true))
            .items())
        .filter(job -> job.definition().userId().equals(userId));
  }

  /** Empty while a part is missing: the job is being deleted. */
  private static Optional<Job> job(List<Map<String, AttributeValue>> items) {
    Map<String, ObjectNode> parts =
        items.stream()
            .collect(
                Collectors.toMap(
                    item -> item.get(JobAttribute.PART).s(), item -> ItemJson.toJson(item)));
    ObjectNode definition = parts.get(JobAttribute.PART_DEFINITION);
    ObjectNode progress = parts.get(JobAttribute.PART_PROGRESS);
    return definition == null || progress == null
        ? Optional.empty()
        : Optional.of(new Job(JobJson.readDefinition(definition), JobJson.readProgress(progress)));
  }

  /** The newest first; what was just written can be missing for a moment. */
  Page list(String userId, int limit, Map<String, String> startAfter) {
    Map<String, AttributeValue> startKey = new HashMap<>();
    startAfter.forEach((name, value) -> startKey.put(name, AttributeValue.fromS(value)));
    if (!startKey.isEmpty()) {
      startKey.put(JobAttribute.USER_ID, AttributeValue.fromS(userId));
    }
    QueryResponse response =
        dynamoDb.query(
            query ->
                query
                    .tableName(jobs)
                    .indexName(BY_USER)
                    .keyConditionExpression("user_id = :user")
                    .expressionAttributeValues(Map.of(":user", AttributeValue.fromS(userId)))
                    .scanIndexForward(false)
                    .limit(limit)
                    .exclusiveStartKey(startKey.isEmpty() ? null : startKey));
    Map<String, String> nextKey = new HashMap<>();
    LIST_KEY.stream()
        .filter(response.lastEvaluatedKey()::containsKey)
        .forEach(name -> nextKey.put(name, response.lastEvaluatedKey().get(name).s()));
    return new Page(withProgress(response.items()), nextKey);
  }

  private List<Job> withProgress(List<Map<String, AttributeValue>> definitions) {
    List<Map<String, AttributeValue>> keys = new ArrayList<>();
    definitions.forEach(
        item -> keys.add(key(item.get(JobAttribute.JOB_ID).s(), JobAttribute.PART_PROGRESS)));
    Map<String, Map<String, AttributeValue>> progress = new HashMap<>();
    while (!keys.isEmpty()) {
      KeysAndAttributes wanted = KeysAndAttributes.builder().keys(keys).build();
      var response = dynamoDb.batchGetItem(get -> get.requestItems(Map.of(jobs, wanted)));
      response
          .responses()
          .getOrDefault(jobs, List.of())
          .forEach(item -> progress.put(item.get(JobAttribute.JOB_ID).s(), item));
      keys.clear();
      if (response.hasUnprocessedKeys() && response.unprocessedKeys().containsKey(jobs)) {
        keys.addAll(response.unprocessedKeys().get(jobs).keys());
      }
    }
    return definitions.stream()
        .map(
            item ->
                Optional.ofNullable(progress.get(item.get(JobAttribute.JOB_ID).s()))
                    .flatMap(found -> job(List.of(item, found))))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Asks the generator to stop a job; the first time counts. */
  void requestCancel(String jobId, Instant now) {
    try {
      dynamoDb.updateItem(
          update ->
              update
                  .tableName(jobs)
                  .key(key(jobId, JobAttribute.PART_DEFINITION))
                  .updateExpression("SET cancel_requested_at = :now")
                  .conditionExpression(
                      "attribute_exists(job_id) and attribute_not_exists(cancel_requested_at)")
                  .expressionAttributeValues(
                      Map.of(":now", AttributeValue.fromS(IsoMillis.format(now)))));
    } catch (ConditionalCheckFailedException e) {
      // It was asked before, or somebody has deleted the job: either is as wanted.
      return;
    }
  }

  /**
   * Deletes a finished job and its rows, the job itself last, so that it can be repeated.
   *
   * @return whether nothing is left
   */
  boolean delete(String jobId, BooleanSupplier hasTime) {
    return deleteRows(costTracking, JobAttribute.JOB_ID, jobId, JobAttribute.PERIOD, hasTime)
        && deleteJournal(jobId, hasTime)
        && deleteParts(jobId);
  }

  private boolean deleteJournal(String jobId, BooleanSupplier hasTime) {
    for (int bucket = 0; bucket < JobAttribute.MAX_JOURNAL_BUCKETS; bucket++) {
      if (!deleteRows(
          callJournal,
          JobAttribute.JOURNAL_KEY,
          JobAttribute.journalKey(jobId, bucket),
          JobAttribute.SEGMENT,
          hasTime)) {
        return false;
      }
    }
    return deleteRows(
        callJournal,
        JobAttribute.JOURNAL_KEY,
        jobId + JobAttribute.JOURNAL_RUNS,
        JobAttribute.SEGMENT,
        hasTime);
  }

  private boolean deleteParts(String jobId) {
    List<TransactWriteItem> parts =
        Stream.of(JobAttribute.PART_DEFINITION, JobAttribute.PART_PROGRESS)
            .map(part -> Delete.builder().tableName(jobs).key(key(jobId, part)).build())
            .map(delete -> TransactWriteItem.builder().delete(delete).build())
            .toList();
    dynamoDb.transactWriteItems(transaction -> transaction.transactItems(parts));
    return true;
  }

  private boolean deleteRows(
      String table, String partition, String value, String sort, BooleanSupplier hasTime) {
    while (hasTime.getAsBoolean()) {
      List<Map<String, AttributeValue>> rows =
          dynamoDb
              .query(
                  query ->
                      query
                          .tableName(table)
                          .keyConditionExpression("#partition = :value")
                          .projectionExpression("#partition, #sort")
                          .expressionAttributeNames(Map.of("#partition", partition, "#sort", sort))
                          .expressionAttributeValues(Map.of(":value", AttributeValue.fromS(value)))
                          .limit(100)
                          .consistentRead(true))
              .items();
      if (rows.isEmpty()) {
        return true;
      }
      rows.forEach(row -> dynamoDb.deleteItem(delete -> delete.tableName(table).key(row)));
    }
    return false;
  }

  private static Map<String, AttributeValue> key(String jobId, String part) {
    return Map.of(
        JobAttribute.JOB_ID, AttributeValue.fromS(jobId),
        JobAttribute.PART, AttributeValue.fromS(part));
  }
}
