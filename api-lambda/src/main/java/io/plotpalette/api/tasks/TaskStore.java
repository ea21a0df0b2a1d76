package io.plotpalette.api.tasks;

import io.plotpalette.api.ApiConfig;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TombstoneAttribute;
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
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * The {@code tasks} table and that of the deleted ones. Reads are consistent, so that a caller
 * finds what they have just written; every update and delete is made on one version.
 */
final class TaskStore {
  /** Of one page, however few of the tasks read it shows; with the next, at most 2,000 tasks. */
  private static final int MAX_READS_A_PAGE = 4;

  private static final int MAX_ITEMS_A_READ = 500;

  private static final Logger LOG = LoggerFactory.getLogger(TaskStore.class);

  private static final String CONDITION_FAILED = "ConditionalCheckFailed";

  /** Another transaction was at one of the items in the same moment. */
  private static final String CONTENTION = "TransactionConflict";

  private static final String IS_NEW = "attribute_not_exists(" + TaskAttribute.TASK_ID + ")";

  private static final String IS_VERSION =
      "attribute_exists(" + TaskAttribute.TASK_ID + ") AND #version = :version";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final String tombstones;
  private final WriteMarks marks;

  TaskStore(DynamoDbClient dynamoDb, ApiConfig config, WriteMarks marks) {
    this.dynamoDb = dynamoDb;
    this.table = config.tasksTable();
    this.tombstones = config.taskTombstonesTable();
    this.marks = marks;
  }

  /**
   * Writes a task that is not there yet; returns the one that is there then. That is another one
   * when the id is taken, and an equal one when the SDK repeated a write whose answer was lost.
   */
  Task add(Task task) {
    try {
      dynamoDb.putItem(
          request ->
              request
                  .tableName(table)
                  .item(TaskItem.of(task))
                  .conditionExpression(IS_NEW)
                  .returnValuesOnConditionCheckFailure(
                      ReturnValuesOnConditionCheckFailure.ALL_OLD));
      return task;
    } catch (ConditionalCheckFailedException e) {
      return existing(e).orElseThrow();
    }
  }

  /** Writes a task that is not there yet, once. */
  WriteOutcome add(Task task, WriteMark mark) {
    return transact(
        List.of(
            TransactWriteItem.builder()
                .put(
                    put ->
                        put.tableName(table)
                            .item(TaskItem.of(task))
                            .conditionExpression(IS_NEW)
                            .returnValuesOnConditionCheckFailure(
                                ReturnValuesOnConditionCheckFailure.ALL_OLD))
                .build()),
        Optional.of(mark),
        task);
  }

  /** What an earlier run of the same request has written or deleted. */
  Optional<Task> marked(WriteMark mark) {
    return marks.taskOf(mark);
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

  /**
   * Writes {@code next} in the place of {@code current}.
   *
   * @param mark to do it once, however often the request is run
   */
  WriteOutcome replace(Task current, Task next, Optional<WriteMark> mark) {
    Put put =
        Put.builder()
            .tableName(table)
            .item(TaskItem.of(next))
            .conditionExpression(IS_VERSION)
            .expressionAttributeNames(Map.of("#version", TaskAttribute.VERSION))
            .expressionAttributeValues(Map.of(":version", version(current)))
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .build();
    if (mark.isPresent()) {
      return transact(List.of(TransactWriteItem.builder().put(put).build()), mark, next);
    }
    try {
      // Half the price of a transaction.
      dynamoDb.putItem(
          request ->
              request
                  .tableName(put.tableName())
                  .item(put.item())
                  .conditionExpression(put.conditionExpression())
                  .expressionAttributeNames(put.expressionAttributeNames())
                  .expressionAttributeValues(put.expressionAttributeValues())
                  .returnValuesOnConditionCheckFailure(put.returnValuesOnConditionCheckFailure()));
      return new WriteOutcome.Written(next);
    } catch (ConditionalCheckFailedException e) {
      return new WriteOutcome.Conflict(existing(e));
    }
  }

  /**
   * Deletes {@code current} and keeps a tombstone in its place, both or neither.
   *
   * @param mark to do it once, however often the request is run
   */
  WriteOutcome delete(Task current, Tombstone tombstone, Optional<WriteMark> mark) {
    return transact(
        List.of(
            TransactWriteItem.builder()
                .delete(
                    delete ->
                        delete
                            .tableName(table)
                            .key(TaskItem.key(current.userId(), current.taskId()))
                            .conditionExpression(IS_VERSION)
                            .expressionAttributeNames(Map.of("#version", TaskAttribute.VERSION))
                            .expressionAttributeValues(Map.of(":version", version(current)))
                            .returnValuesOnConditionCheckFailure(
                                ReturnValuesOnConditionCheckFailure.ALL_OLD))
                .build(),
            TransactWriteItem.builder()
                .put(
                    put ->
                        put.tableName(tombstones)
                            .item(TombstoneItem.of(current.userId(), tombstone)))
                .build()),
        mark,
        current);
  }

  /**
   * Makes all writes, of which the first is the conditional one of the task, and keeps the mark; or
   * does nothing.
   */
  private WriteOutcome transact(
      List<TransactWriteItem> writes, Optional<WriteMark> mark, Task task) {
    List<TransactWriteItem> all = new ArrayList<>(writes);
    mark.ifPresent(each -> all.add(marks.whenNew(each, task)));
    try {
      dynamoDb.transactWriteItems(request -> request.transactItems(all));
      return new WriteOutcome.Written(task);
    } catch (TransactionCanceledException e) {
      if (mark.isPresent()) {
        CancellationReason ofMark = e.cancellationReasons().get(all.size() - 1);
        if (ofMark.code().equals(CONDITION_FAILED)) {
          return new WriteOutcome.Repeated(WriteMarks.task(ofMark.item()));
        }
      }
      if (e.cancellationReasons().stream().anyMatch(each -> each.code().equals(CONTENTION))) {
        return new WriteOutcome.Conflict(find(task.userId(), task.taskId()));
      }
      CancellationReason ofTask = e.cancellationReasons().get(0);
      if (!ofTask.code().equals(CONDITION_FAILED)) {
        throw e;
      }
      return new WriteOutcome.Conflict(
          ofTask.item().isEmpty() ? Optional.empty() : Optional.of(TaskItem.read(ofTask.item())));
    }
  }

  /**
   * Reads a bounded number of a user's tasks and returns those that the query shows.
   *
   * @param limit of the tasks returned
   * @param startAfter of the page before; empty for the first page
   */
  TaskPage list(String userId, TaskQuery query, int limit, Map<String, String> startAfter) {
    List<Task> found = new ArrayList<>();
    Map<String, AttributeValue> startKey = keyOf(userId, startAfter);
    for (int reads = 0; reads < MAX_READS_A_PAGE; reads++) {
      int batch = query.isFiltered() ? MAX_ITEMS_A_READ : limit - found.size();
      QueryResponse response = dynamoDb.query(listRequest(userId, query, batch, startKey));
      for (Map<String, AttributeValue> item : response.items()) {
        readable(item).filter(query::matchesText).ifPresent(found::add);
        if (found.size() == limit) {
          boolean isLast =
              item == response.items().get(response.items().size() - 1)
                  && response.lastEvaluatedKey().isEmpty();
          return new TaskPage(found, isLast ? Map.of() : texts(item, query.order().key()));
        }
      }
      startKey = response.lastEvaluatedKey();
      if (startKey.isEmpty()) {
        break;
      }
    }
    return new TaskPage(found, texts(startKey, query.order().key()));
  }

  private QueryRequest listRequest(
      String userId, TaskQuery query, int batch, Map<String, AttributeValue> startKey) {
    Map<String, String> names = new HashMap<>();
    Map<String, AttributeValue> values = new HashMap<>();
    List<String> keyConditions = new ArrayList<>();
    List<String> filters = new ArrayList<>();
    keyConditions.add(TaskAttribute.USER_ID + " = :user");
    values.put(":user", AttributeValue.fromS(userId));
    query
        .equal()
        .forEach(
            (name, value) -> {
              names.put("#" + name, name);
              values.put(":" + name, AttributeValue.fromS(value));
              filters.add("#%s = :%s".formatted(name, name));
            });
    if (query.label() != null) {
      names.put("#labels", TaskAttribute.LABELS);
      values.put(":label", AttributeValue.fromS(query.label()));
      filters.add("contains(#labels, :label)");
    }
    addDueRange(query, names, values, keyConditions, filters);
    return QueryRequest.builder()
        .tableName(table)
        .indexName(query.order().index())
        .keyConditionExpression(String.join(" AND ", keyConditions))
        .filterExpression(filters.isEmpty() ? null : String.join(" AND ", filters))
        .expressionAttributeNames(names.isEmpty() ? null : names)
        .expressionAttributeValues(values)
        .scanIndexForward(query.ascending())
        .consistentRead(true)
        .limit(batch)
        .exclusiveStartKey(startKey.isEmpty() ? null : startKey)
        .build();
  }

  /** In the order of deadlines the range says where to read, in every other what to leave out. */
  private static void addDueRange(
      TaskQuery query,
      Map<String, String> names,
      Map<String, AttributeValue> values,
      List<String> keyConditions,
      List<String> filters) {
    if (query.dueFrom() == null && query.dueTo() == null) {
      return;
    }
    names.put("#due", TaskAttribute.DUE_KEY);
    String range;
    if (query.dueTo() == null) {
      range = "#due >= :due_from";
    } else if (query.dueFrom() == null) {
      range = "#due < :due_to";
    } else {
      // Key conditions know no half-open range; deadlines are whole milliseconds.
      range = "#due BETWEEN :due_from AND :due_to";
    }
    (query.order() == TaskQuery.Order.DUE ? keyConditions : filters).add(range);
    if (query.dueFrom() != null) {
      values.put(":due_from", AttributeValue.fromS(query.dueFrom()));
    }
    if (query.dueTo() != null) {
      String dueTo =
          query.dueFrom() == null
              ? query.dueTo()
              : IsoMillis.format(IsoMillis.parse(query.dueTo()).minusMillis(1));
      values.put(":due_to", AttributeValue.fromS(dueTo));
    }
  }

  /** Reads what has changed behind a position: deletions first, so that none is overtaken. */
  TaskChanges changes(String userId, ChangesPosition position, int limit) {
    QueryResponse deletions =
        dynamoDb.query(
            request ->
                request
                    .tableName(tombstones)
                    .keyConditionExpression(
                        TaskAttribute.USER_ID
                            + " = :user AND "
                            + TombstoneAttribute.TOMBSTONE_KEY
                            + " > :position")
                    .expressionAttributeValues(
                        Map.of(
                            ":user", AttributeValue.fromS(userId),
                            ":position", AttributeValue.fromS(position.tombstoneKey())))
                    .consistentRead(true)
                    .limit(limit));
    List<Tombstone> deleted = deletions.items().stream().map(TombstoneItem::read).toList();
    ChangesPosition next = position;
    if (!deletions.items().isEmpty()) {
      Map<String, AttributeValue> last = deletions.items().get(deletions.items().size() - 1);
      next = next.afterTombstone(last.get(TombstoneAttribute.TOMBSTONE_KEY).s());
    }
    if (deleted.size() == limit) {
      return new TaskChanges(deleted, List.of(), next, true);
    }
    QueryResponse updates =
        dynamoDb.query(
            request ->
                request
                    .tableName(table)
                    .indexName(TaskQuery.Order.UPDATED.index())
                    .keyConditionExpression(
                        TaskAttribute.USER_ID
                            + " = :user AND "
                            + TaskAttribute.UPDATED_AT
                            + " >= :position")
                    .expressionAttributeValues(
                        Map.of(
                            ":user", AttributeValue.fromS(userId),
                            ":position", AttributeValue.fromS(position.updatedAt())))
                    .exclusiveStartKey(
                        keyOf(
                            userId,
                            Map.of(
                                TaskAttribute.UPDATED_AT, position.updatedAt(),
                                TaskAttribute.TASK_ID, position.taskId())))
                    .consistentRead(true)
                    .limit(limit - deleted.size()));
    List<Task> updated = updates.items().stream().flatMap(item -> readable(item).stream()).toList();
    Map<String, AttributeValue> last = updates.lastEvaluatedKey();
    if (!last.isEmpty()) {
      next =
          next.afterTask(
              last.get(TaskAttribute.UPDATED_AT).s(), last.get(TaskAttribute.TASK_ID).s());
    }
    boolean hasMore = !last.isEmpty() || !deletions.lastEvaluatedKey().isEmpty();
    return new TaskChanges(deleted, updated, hasMore ? next : next.endOfRound(), hasMore);
  }

  /** One item written past the API must not take the whole list from its owner. */
  private static Optional<Task> readable(Map<String, AttributeValue> item) {
    try {
      return Optional.of(TaskItem.read(item));
    } catch (UnreadableItemException e) {
      LOG.error(
          "task left out of a list user_id={} task_id={}",
          item.get(TaskAttribute.USER_ID).s(),
          item.get(TaskAttribute.TASK_ID).s(),
          e);
      return Optional.empty();
    }
  }

  /** Empty for an empty place; else with the owner, who always comes from the token. */
  private static Map<String, AttributeValue> keyOf(String userId, Map<String, String> place) {
    Map<String, AttributeValue> key = new HashMap<>();
    place.forEach((name, value) -> key.put(name, AttributeValue.fromS(value)));
    if (!key.isEmpty()) {
      key.put(TaskAttribute.USER_ID, AttributeValue.fromS(userId));
    }
    return key;
  }

  private static Map<String, String> texts(
      Map<String, AttributeValue> item, Set<String> attributes) {
    Map<String, String> texts = new HashMap<>();
    attributes.stream()
        .filter(item::containsKey)
        .forEach(name -> texts.put(name, item.get(name).s()));
    return texts;
  }

  private static AttributeValue version(Task task) {
    return AttributeValue.fromN(Long.toString(task.version()));
  }

  private static Optional<Task> existing(ConditionalCheckFailedException e) {
    return e.hasItem() ? Optional.of(TaskItem.read(e.item())) : Optional.empty();
  }
}
