package io.plotpalette.api.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Idempotency;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.table.IdempotencyAttribute;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The marks of writes that were made, or refused for good, in the table {@code idempotency}. */
final class WriteMarks {
  private static final String IS_NEW =
      "attribute_not_exists(" + IdempotencyAttribute.REQUEST_KEY + ")";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  WriteMarks(DynamoDbClient dynamoDb, String table, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.clock = clock;
  }

  /** The part of the transaction that fails when the write was made already. */
  TransactWriteItem whenNew(WriteMark mark, Task task) {
    Map<String, AttributeValue> item = item(mark.key(), mark.status());
    item.put(IdempotencyAttribute.TASK, AttributeValue.fromM(TaskItem.of(task)));
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item)
                    .conditionExpression(IS_NEW)
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
        .build();
  }

  /** The task an earlier run has written or deleted under the mark. */
  Optional<Task> taskOf(WriteMark mark) {
    return task(
        dynamoDb
            .getItem(
                request ->
                    request
                        .tableName(table)
                        .key(WriteMark.itemKey(mark.key()))
                        .consistentRead(true))
            .item());
  }

  /** The task of a mark's item; empty when there is no such item, or it is of a refusal. */
  static Optional<Task> task(Map<String, AttributeValue> item) {
    return Optional.ofNullable(item.get(IdempotencyAttribute.TASK))
        .map(task -> TaskItem.read(task.m()));
  }

  /** Keeps that a write was refused, unless an earlier run has found otherwise. */
  void keepRefusal(WriteMark mark, int status, ObjectNode problem) {
    Map<String, AttributeValue> item = item(mark.key(), status);
    item.put(IdempotencyAttribute.BODY, AttributeValue.fromS(problem.toString()));
    try {
      dynamoDb.putItem(put -> put.tableName(table).item(item).conditionExpression(IS_NEW));
    } catch (ConditionalCheckFailedException e) {
      // What the earlier run has found is what holds.
    }
  }

  /**
   * The results of those of a request's writes that are done, by index, as the contract says.
   *
   * @param count of writes to look for, at most 100
   */
  Map<Integer, ObjectNode> results(String userId, String seed, int first, int count) {
    Map<String, Integer> indexes = new HashMap<>();
    IntStream.range(first, first + count)
        .forEach(index -> indexes.put(WriteMark.key(userId, seed, index), index));
    Map<Integer, ObjectNode> results = new TreeMap<>();
    Map<String, KeysAndAttributes> unread =
        Map.of(
            table,
            KeysAndAttributes.builder()
                .keys(indexes.keySet().stream().map(WriteMark::itemKey).toList())
                .consistentRead(true)
                .projectionExpression("#key, #status, #body, #task.#id, #task.#version")
                .expressionAttributeNames(
                    Map.of(
                        "#key", IdempotencyAttribute.REQUEST_KEY,
                        "#status", IdempotencyAttribute.STATUS,
                        "#body", IdempotencyAttribute.BODY,
                        "#task", IdempotencyAttribute.TASK,
                        "#id", TaskAttribute.TASK_ID,
                        "#version", TaskAttribute.VERSION))
                .build());
    while (!unread.isEmpty()) {
      Map<String, KeysAndAttributes> next = unread;
      var response = dynamoDb.batchGetItem(request -> request.requestItems(next));
      for (Map<String, AttributeValue> item : response.responses().getOrDefault(table, List.of())) {
        results.put(indexes.get(item.get(IdempotencyAttribute.REQUEST_KEY).s()), result(item));
      }
      unread = response.unprocessedKeys();
    }
    return results;
  }

  private static ObjectNode result(Map<String, AttributeValue> item) {
    int status = Integer.parseInt(item.get(IdempotencyAttribute.STATUS).n());
    ObjectNode result = Json.MAPPER.createObjectNode().put("status", status);
    AttributeValue problem = item.get(IdempotencyAttribute.BODY);
    if (problem != null) {
      return result.set("problem", parse(problem.s()));
    }
    Map<String, AttributeValue> task = item.get(IdempotencyAttribute.TASK).m();
    result.put(TaskAttribute.TASK_ID, task.get(TaskAttribute.TASK_ID).s());
    if (status != TaskOperations.DELETED) {
      result.put(TaskAttribute.VERSION, Long.parseLong(task.get(TaskAttribute.VERSION).n()));
    }
    return result;
  }

  private static ObjectNode parse(String problem) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(problem);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a mark holds what is no JSON", e);
    }
  }

  private Map<String, AttributeValue> item(String key, int status) {
    Map<String, AttributeValue> item = new HashMap<>(WriteMark.itemKey(key));
    item.put(IdempotencyAttribute.STATUS, AttributeValue.fromN(Integer.toString(status)));
    item.put(
        IdempotencyAttribute.EXPIRES_AT,
        AttributeValue.fromN(
            Long.toString(clock.instant().plus(Idempotency.KEPT).getEpochSecond())));
    return item;
  }
}
