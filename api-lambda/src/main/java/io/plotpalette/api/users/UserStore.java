package io.plotpalette.api.users;

import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.user.UserAttribute;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** The {@code users} table; every update and delete is made on one version. */
final class UserStore {
  /** The key attributes of a list in order of creation, without those all users share. */
  static final Set<String> LIST_KEY = Set.of(UserAttribute.USER_ID, UserAttribute.CREATED_AT);

  private static final String BY_CREATED = "by-created";

  private final DynamoDbClient dynamoDb;
  private final String table;

  UserStore(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /**
   * Some users of the list of all.
   *
   * @param nextKey where the next page starts; empty on the last one
   */
  record Page(List<User> users, Map<String, String> nextKey) {}

  /** Writes a new user; leaves one who is there already as they are and returns false. */
  boolean addIfAbsent(String userId, String email, Instant now) {
    try {
      dynamoDb.putItem(
          request ->
              request
                  .tableName(table)
                  .item(item(new User(userId, email, null, null, now, now, 1)))
                  .conditionExpression("attribute_not_exists(user_id)"));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  Optional<User> find(String userId) {
    Map<String, AttributeValue> item =
        dynamoDb
            .getItem(request -> request.tableName(table).key(key(userId)).consistentRead(true))
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(user(item));
  }

  /** Writes {@code next} in the place of {@code current}; false when that is not the version. */
  boolean replace(User current, User next) {
    try {
      dynamoDb.putItem(
          request ->
              request
                  .tableName(table)
                  .item(item(next))
                  .conditionExpression("#version = :version")
                  .expressionAttributeNames(Map.of("#version", UserAttribute.VERSION))
                  .expressionAttributeValues(Map.of(":version", number(current.version()))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  /** Deletes {@code current}; false when that is not the version. */
  boolean delete(User current) {
    try {
      dynamoDb.deleteItem(
          request ->
              request
                  .tableName(table)
                  .key(key(current.userId()))
                  .conditionExpression("#version = :version")
                  .expressionAttributeNames(Map.of("#version", UserAttribute.VERSION))
                  .expressionAttributeValues(Map.of(":version", number(current.version()))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  /** All users, newest first; who has just signed up can be missing for a moment. */
  Page list(int limit, Map<String, String> startAfter) {
    Map<String, AttributeValue> startKey = new HashMap<>();
    startAfter.forEach((name, value) -> startKey.put(name, AttributeValue.fromS(value)));
    if (!startKey.isEmpty()) {
      startKey.put(UserAttribute.DIRECTORY, AttributeValue.fromS(UserAttribute.EVERYBODY));
    }
    QueryResponse response =
        dynamoDb.query(
            request ->
                request
                    .tableName(table)
                    .indexName(BY_CREATED)
                    .keyConditionExpression("#directory = :everybody")
                    .expressionAttributeNames(Map.of("#directory", UserAttribute.DIRECTORY))
                    .expressionAttributeValues(
                        Map.of(":everybody", AttributeValue.fromS(UserAttribute.EVERYBODY)))
                    .scanIndexForward(false)
                    .limit(limit)
                    .exclusiveStartKey(startKey.isEmpty() ? null : startKey));
    Map<String, String> nextKey = new HashMap<>();
    LIST_KEY.stream()
        .filter(response.lastEvaluatedKey()::containsKey)
        .forEach(name -> nextKey.put(name, response.lastEvaluatedKey().get(name).s()));
    return new Page(response.items().stream().map(UserStore::user).toList(), nextKey);
  }

  private static Map<String, AttributeValue> key(String userId) {
    return Map.of(UserAttribute.USER_ID, AttributeValue.fromS(userId));
  }

  private static Map<String, AttributeValue> item(User user) {
    Map<String, AttributeValue> item = new HashMap<>(key(user.userId()));
    item.put(UserAttribute.EMAIL, AttributeValue.fromS(user.email()));
    item.put(UserAttribute.CREATED_AT, AttributeValue.fromS(IsoMillis.format(user.createdAt())));
    item.put(UserAttribute.UPDATED_AT, AttributeValue.fromS(IsoMillis.format(user.updatedAt())));
    item.put(UserAttribute.VERSION, number(user.version()));
    item.put(UserAttribute.DIRECTORY, AttributeValue.fromS(UserAttribute.EVERYBODY));
    if (user.displayName() != null) {
      item.put(UserAttribute.DISPLAY_NAME, AttributeValue.fromS(user.displayName()));
    }
    if (user.timeZone() != null) {
      item.put(UserAttribute.TIME_ZONE, AttributeValue.fromS(user.timeZone()));
    }
    return item;
  }

  private static User user(Map<String, AttributeValue> item) {
    return new User(
        item.get(UserAttribute.USER_ID).s(),
        item.get(UserAttribute.EMAIL).s(),
        optional(item, UserAttribute.DISPLAY_NAME),
        optional(item, UserAttribute.TIME_ZONE),
        IsoMillis.parse(item.get(UserAttribute.CREATED_AT).s()),
        IsoMillis.parse(item.get(UserAttribute.UPDATED_AT).s()),
        Long.parseLong(item.get(UserAttribute.VERSION).n()));
  }

  private static String optional(Map<String, AttributeValue> item, String name) {
    return item.containsKey(name) ? item.get(name).s() : null;
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
