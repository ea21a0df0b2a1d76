package io.plotpalette.api.tasks;

import io.plotpalette.api.http.Idempotency;
import io.plotpalette.model.table.IdempotencyAttribute;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Those whose data is deleted, remembered for as long as the queue may hold writes of theirs, which
 * would bring some of it back.
 */
final class ErasedUsers {
  private final DynamoDbClient dynamoDb;
  private final String table;
  private final InstantSource clock;

  ErasedUsers(DynamoDbClient dynamoDb, String table, InstantSource clock) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.clock = clock;
  }

  void add(String userId) {
    Map<String, AttributeValue> item = new HashMap<>(key(userId));
    item.put(
        IdempotencyAttribute.EXPIRES_AT,
        AttributeValue.fromN(
            Long.toString(clock.instant().plus(Idempotency.KEPT).getEpochSecond())));
    dynamoDb.putItem(put -> put.tableName(table).item(item));
  }

  boolean contains(String userId) {
    return dynamoDb
        .getItem(request -> request.tableName(table).key(key(userId)).consistentRead(true))
        .hasItem();
  }

  private static Map<String, AttributeValue> key(String userId) {
    return Map.of(
        IdempotencyAttribute.REQUEST_KEY,
        AttributeValue.fromS(String.join("#", userId, "DELETE /v1/users/me", "")));
  }
}
