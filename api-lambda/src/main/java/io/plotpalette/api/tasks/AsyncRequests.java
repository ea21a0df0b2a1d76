package io.plotpalette.api.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Idempotency;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.table.IdempotencyAttribute;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/** The requests that are answered before they are done, in the table {@code idempotency}. */
final class AsyncRequests {
  private static final String IS_NEW =
      "attribute_not_exists(" + IdempotencyAttribute.REQUEST_KEY + ")";

  private static final String ROUTE = "GET /v1/requests/{request_id}";

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  AsyncRequests(DynamoDbClient dynamoDb, String table, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.clock = clock;
  }

  /** Writes a request, unless an earlier run of the same has; returns whether it is new. */
  boolean add(AsyncRequest request) {
    Map<String, AttributeValue> item = new HashMap<>(key(request.userId(), request.id()));
    item.put(IdempotencyAttribute.KIND, AttributeValue.fromS(request.kind().wireName()));
    item.put(IdempotencyAttribute.STATE, AttributeValue.fromS(request.state().wireName()));
    item.put(
        IdempotencyAttribute.CREATED_AT,
        AttributeValue.fromS(IsoMillis.format(request.createdAt())));
    item.put(IdempotencyAttribute.OPERATIONS, number(request.operations()));
    item.put(IdempotencyAttribute.PROGRESS, AttributeValue.fromS(request.progress().toString()));
    item.put(IdempotencyAttribute.STEP, number(request.step()));
    item.put(
        IdempotencyAttribute.EXPIRES_AT,
        number(request.createdAt().plus(Idempotency.KEPT).getEpochSecond()));
    try {
      dynamoDb.putItem(put -> put.tableName(table).item(item).conditionExpression(IS_NEW));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  Optional<AsyncRequest> find(String userId, String id) {
    Map<String, AttributeValue> item =
        dynamoDb
            .getItem(request -> request.tableName(table).key(key(userId, id)).consistentRead(true))
            .item();
    // DynamoDB can be days late with removing what has expired.
    if (item.isEmpty()
        || Long.parseLong(item.get(IdempotencyAttribute.EXPIRES_AT).n())
            <= clock.instant().getEpochSecond()) {
      return Optional.empty();
    }
    return Optional.of(
        new AsyncRequest(
            userId,
            id,
            RequestKind.fromWire(item.get(IdempotencyAttribute.KIND).s()),
            RequestState.fromWire(item.get(IdempotencyAttribute.STATE).s()),
            IsoMillis.parse(item.get(IdempotencyAttribute.CREATED_AT).s()),
            Integer.parseInt(item.get(IdempotencyAttribute.OPERATIONS).n()),
            parse(item.get(IdempotencyAttribute.PROGRESS).s()),
            Long.parseLong(item.get(IdempotencyAttribute.STEP).n())));
  }

  /** Lets the work begin; does nothing when it has. */
  void accept(AsyncRequest request) {
    try {
      dynamoDb.updateItem(
          update ->
              update
                  .tableName(table)
                  .key(key(request.userId(), request.id()))
                  .updateExpression("SET #state = :accepted")
                  .conditionExpression("#state = :open")
                  .expressionAttributeNames(Map.of("#state", IdempotencyAttribute.STATE))
                  .expressionAttributeValues(
                      Map.of(
                          ":accepted", AttributeValue.fromS(RequestState.ACCEPTED.wireName()),
                          ":open", AttributeValue.fromS(RequestState.OPEN.wireName()))));
    } catch (ConditionalCheckFailedException e) {
      // An earlier run of the same request has.
    }
  }

  /** Takes a request back, so that what is in the queue of it comes to nothing. */
  void withdraw(AsyncRequest request) {
    dynamoDb.deleteItem(delete -> delete.tableName(table).key(key(request.userId(), request.id())));
  }

  /**
   * Keeps what is known after a step.
   *
   * @param before the request as the step has found it
   * @return the request as the next step finds it; empty when another worker has taken this step
   */
  Optional<AsyncRequest> advance(AsyncRequest before, ObjectNode progress, boolean isDone) {
    RequestState state = isDone ? RequestState.DONE : RequestState.ACCEPTED;
    try {
      dynamoDb.updateItem(
          update ->
              update
                  .tableName(table)
                  .key(key(before.userId(), before.id()))
                  .updateExpression("SET #progress = :progress, #step = :next, #state = :state")
                  .conditionExpression("#step = :step")
                  .expressionAttributeNames(
                      Map.of(
                          "#progress", IdempotencyAttribute.PROGRESS,
                          "#step", IdempotencyAttribute.STEP,
                          "#state", IdempotencyAttribute.STATE))
                  .expressionAttributeValues(
                      Map.of(
                          ":progress", AttributeValue.fromS(progress.toString()),
                          ":step", number(before.step()),
                          ":next", number(before.step() + 1),
                          ":state", AttributeValue.fromS(state.wireName()))));
      return Optional.of(before.after(progress, state));
    } catch (ConditionalCheckFailedException e) {
      return Optional.empty();
    }
  }

  private static Map<String, AttributeValue> key(String userId, String id) {
    return Map.of(
        IdempotencyAttribute.REQUEST_KEY,
        AttributeValue.fromS(String.join("#", userId, ROUTE, id)));
  }

  private static ObjectNode parse(String progress) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(progress);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a request holds what is no JSON", e);
    }
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
