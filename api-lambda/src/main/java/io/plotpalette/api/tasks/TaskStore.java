package io.plotpalette.api.tasks;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * The {@code tasks} table. Reads are consistent, so that a caller finds what they have just
 * written; every update and delete is made on one version.
 */
final class TaskStore {
  /** The key attributes of a list in order of creation, without the owner's. */
  static final Set<String> LIST_KEY = Set.of(TaskAttribute.TASK_ID);

  private static final Logger LOG = LoggerFactory.getLogger(TaskStore.class);

  private static final String IS_VERSION =
      "attribute_exists(" + TaskAttribute.TASK_ID + ") AND #version = :version";

  private final DynamoDbClient dynamoDb;
  private final String table;

  TaskStore(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /**
   * Writes a task that is not there yet.
   *
   * @throws IllegalStateException when another task has the id
   */
  void add(Task task) {
    try {
      dynamoDb.putItem(
          request ->
              request
                  .tableName(table)
                  .item(TaskItem.of(task))
                  .conditionExpression("attribute_not_exists(" + TaskAttribute.TASK_ID + ")")
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
    } catch (ConditionalCheckFailedException e) {
      // When the answer to a write is lost the SDK repeats it and meets its own item.
      if (!existing(e).equals(Optional.of(task))) {
        throw new IllegalStateException("task id is taken: " + task.taskId(), e);
      }
    }
  }

  Optional<Task> find(String userId, String taskId) {
    Map<String, AttributeValue> item =
        dynamoDb
            .getItem(
                request ->
                    request.tableName(table).key(TaskItem.key(userId, taskId)).consistentRead(true))
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(TaskItem.read(item));
  }

  /** Writes {@code next} in the place of {@code current}. */
  WriteOutcome replace(Task current, Task next) {
    try {
      dynamoDb.putItem(
          request ->
              request
                  .tableName(table)
                  .item(TaskItem.of(next))
                  .conditionExpression(IS_VERSION)
                  .expressionAttributeNames(Map.of("#version", TaskAttribute.VERSION))
                  .expressionAttributeValues(Map.of(":version", version(current)))
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return new WriteOutcome.Written(next);
    } catch (ConditionalCheckFailedException e) {
      return new WriteOutcome.Conflict(existing(e));
    }
  }

  WriteOutcome delete(Task current) {
    try {
      dynamoDb.deleteItem(
          request ->
              request
                  .tableName(table)
                  .key(TaskItem.key(current.userId(), current.taskId()))
                  .conditionExpression(IS_VERSION)
                  .expressionAttributeNames(Map.of("#version", TaskAttribute.VERSION))
                  .expressionAttributeValues(Map.of(":version", version(current)))
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return new WriteOutcome.Written(current);
    } catch (ConditionalCheckFailedException e) {
      return new WriteOutcome.Conflict(existing(e));
    }
  }

  /**
   * A user's tasks, newest first.
   *
   * @param startAfter of the page before; empty for the first page
   */
  TaskPage list(String userId, int limit, Map<String, String> startAfter) {
    Map<String, AttributeValue> startKey = new HashMap<>();
    startAfter.forEach((name, value) -> startKey.put(name, AttributeValue.fromS(value)));
    if (!startKey.isEmpty()) {
      startKey.put(TaskAttribute.USER_ID, AttributeValue.fromS(userId));
    }
    QueryResponse response =
        dynamoDb.query(
            request ->
                request
                    .tableName(table)
                    .keyConditionExpression(TaskAttribute.USER_ID + " = :user")
                    .expressionAttributeValues(Map.of(":user", AttributeValue.fromS(userId)))
                    .scanIndexForward(false)
                    .consistentRead(true)
                    .limit(limit)
                    .exclusiveStartKey(startKey.isEmpty() ? null : startKey));
    Map<String, String> nextKey = new HashMap<>();
    LIST_KEY.stream()
        .filter(response.lastEvaluatedKey()::containsKey)
        .forEach(name -> nextKey.put(name, response.lastEvaluatedKey().get(name).s()));
    return new TaskPage(readable(response.items()), nextKey);
  }

  /** One item written past the API must not take the whole list from its owner. */
  private static List<Task> readable(List<Map<String, AttributeValue>> items) {
    List<Task> tasks = new ArrayList<>();
    for (Map<String, AttributeValue> item : items) {
      try {
        tasks.add(TaskItem.read(item));
      } catch (UnreadableItemException e) {
        LOG.error(
            "task left out of a list user_id={} task_id={}",
            item.get(TaskAttribute.USER_ID).s(),
            item.get(TaskAttribute.TASK_ID).s(),
            e);
      }
    }
    return tasks;
  }

  private static AttributeValue version(Task task) {
    return AttributeValue.fromN(Long.toString(task.version()));
  }

  private static Optional<Task> existing(ConditionalCheckFailedException e) {
    return e.hasItem() ? Optional.of(TaskItem.read(e.item())) : Optional.empty();
  }
}
