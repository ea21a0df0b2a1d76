package io.plotpalette.api.seeddata;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ItemJson;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.seeddata.SeedData.Checked;
import io.plotpalette.api.seeddata.SeedData.Status;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.seed.SeedFormat;
import io.plotpalette.model.table.SeedDataAttribute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** The table {@code seed-data}; every later write is made on one version. */
public final class SeedDataStore {
  /** The key attributes of a list, without the owner's. */
  static final Set<String> LIST_KEY = Set.of(SeedDataAttribute.SEED_DATA_ID);

  private final DynamoDbClient dynamoDb;
  private final String table;

  public SeedDataStore(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /**
   * Some seed data of a user.
   *
   * @param nextKey where the next page starts; empty on the last one
   */
  record Page(List<SeedData> seedData, Map<String, String> nextKey) {}

  /** Writes what is new; false when the id is taken. */
  boolean add(SeedData seedData) {
    return put(seedData, "attribute_not_exists(user_id)", Map.of());
  }

  /** Writes the version after {@code current}; false when that is not the version any more. */
  boolean replace(SeedData current, SeedData next) {
    return put(next, "#version = :version", Map.of(":version", number(current.version())));
  }

  private boolean put(
      SeedData seedData, String condition, Map<String, AttributeValue> conditionValues) {
    try {
      dynamoDb.putItem(
          put ->
              put.tableName(table)
                  .item(ItemJson.toItem(json(seedData)))
                  .conditionExpression(condition)
                  .expressionAttributeNames(
                      conditionValues.isEmpty() ? null : Map.of("#version", "version"))
                  .expressionAttributeValues(conditionValues.isEmpty() ? null : conditionValues));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  public Optional<SeedData> find(String userId, String seedDataId) {
    Map<String, AttributeValue> item =
        dynamoDb
            .getItem(get -> get.tableName(table).key(key(userId, seedDataId)).consistentRead(true))
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(seedData(ItemJson.toJson(item)));
  }

  /** Deletes this version; false when that is not the version any more. */
  boolean delete(SeedData current) {
    try {
      dynamoDb.deleteItem(
          delete ->
              delete
                  .tableName(table)
                  .key(key(current.userId(), current.seedDataId()))
                  .conditionExpression("#version = :version")
                  .expressionAttributeNames(Map.of("#version", "version"))
                  .expressionAttributeValues(Map.of(":version", number(current.version()))));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  /** The newest first. */
  Page list(String userId, int limit, Map<String, String> startAfter) {
    QueryResponse response =
        dynamoDb.query(
            query ->
                query
                    .tableName(table)
                    .keyConditionExpression("user_id = :user")
                    .expressionAttributeValues(Map.of(":user", AttributeValue.fromS(userId)))
                    .scanIndexForward(false)
                    .limit(limit)
                    .consistentRead(true)
                    .exclusiveStartKey(
                        startAfter.isEmpty()
                            ? null
                            : key(userId, startAfter.get(SeedDataAttribute.SEED_DATA_ID))));
    Map<String, String> nextKey = new HashMap<>();
    if (response.hasLastEvaluatedKey()) {
      nextKey.put(
          SeedDataAttribute.SEED_DATA_ID,
          response.lastEvaluatedKey().get(SeedDataAttribute.SEED_DATA_ID).s());
    }
    return new Page(
        response.items().stream().map(item -> seedData(ItemJson.toJson(item))).toList(), nextKey);
  }

  private static Map<String, AttributeValue> key(String userId, String seedDataId) {
    return Map.of(
        SeedDataAttribute.USER_ID,
        AttributeValue.fromS(userId),
        SeedDataAttribute.SEED_DATA_ID,
        AttributeValue.fromS(seedDataId));
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }

  /** The attributes, which are also what the API answers but for the owner. */
  static ObjectNode json(SeedData seedData) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put(SeedDataAttribute.USER_ID, seedData.userId());
    json.put(SeedDataAttribute.SEED_DATA_ID, seedData.seedDataId());
    json.put("name", seedData.name());
    json.put("format", seedData.format().wireName());
    json.put("size", seedData.size());
    json.put("status", seedData.status().wireName());
    if (seedData.checked() != null) {
      Checked checked = seedData.checked();
      json.put("validated_at", IsoMillis.format(checked.at()));
      json.put("entries", checked.entries());
      if (checked.sha256() != null) {
        json.put("sha256", checked.sha256());
      }
      if (checked.objectVersion() != null) {
        json.put("object_version", checked.objectVersion());
      }
    }
    json.put("created_at", IsoMillis.format(seedData.createdAt()));
    json.put("version", seedData.version());
    return json;
  }

  private static SeedData seedData(JsonNode json) {
    Checked checked =
        json.has("validated_at")
            ? new Checked(
                IsoMillis.parse(json.get("validated_at").textValue()),
                json.get("entries").longValue(),
                json.path("sha256").textValue(),
                json.path("object_version").textValue())
            : null;
    return new SeedData(
        json.get(SeedDataAttribute.USER_ID).textValue(),
        json.get(SeedDataAttribute.SEED_DATA_ID).textValue(),
        json.get("name").textValue(),
        SeedFormat.fromWire(json.get("format").textValue()).orElseThrow(),
        json.get("size").longValue(),
        Status.fromWire(json.get("status").textValue()).orElseThrow(),
        checked,
        IsoMillis.parse(json.get("created_at").textValue()),
        json.get("version").longValue());
  }
}
