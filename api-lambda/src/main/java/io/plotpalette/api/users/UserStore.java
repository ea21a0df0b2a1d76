package io.plotpalette.api.users;

import io.plotpalette.model.IsoMillis;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/** The {@code users} table. */
final class UserStore {
  private final DynamoDbClient dynamoDb;
  private final String table;

  UserStore(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /** Writes a new user; leaves one who is there already as they are and returns false. */
  boolean addIfAbsent(String userId, String email, Instant now) {
    AttributeValue time = AttributeValue.fromS(IsoMillis.format(now));
    try {
      dynamoDb.putItem(
          request ->
              request
                  .tableName(table)
                  .item(
                      Map.of(
                          "user_id", AttributeValue.fromS(userId),
                          "email", AttributeValue.fromS(email),
                          "created_at", time,
                          "updated_at", time,
                          "version", AttributeValue.fromN("1")))
                  .conditionExpression("attribute_not_exists(user_id)"));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }
}
