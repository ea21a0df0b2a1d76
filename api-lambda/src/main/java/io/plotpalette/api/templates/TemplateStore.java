package io.plotpalette.api.templates;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ItemJson;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.table.TemplateAttribute;
import io.plotpalette.model.template.Template;
import io.plotpalette.model.template.TemplateJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * The table {@code templates}: one item a version. Only the newest version has {@code listed_at},
 * so that the index lists every template once.
 */
public final class TemplateStore {
  /** The key attributes of a list, without the owner's. */
  static final Set<String> LIST_KEY =
      Set.of(
          TemplateAttribute.TEMPLATE_ID,
          TemplateAttribute.VERSION_KEY,
          TemplateAttribute.LISTED_AT);

  private static final String BY_USER = "by-user";
  private static final String CREATED_AT = "created_at";
  private static final String REQUIRED_FIELDS = "required_fields";
  private static final Set<String> DEFINITION = Set.of("name", "description", "steps", "category");

  private final DynamoDbClient dynamoDb;
  private final String table;

  public TemplateStore(DynamoDbClient dynamoDb, String table) {
    this.dynamoDb = dynamoDb;
    this.table = table;
  }

  /**
   * Some templates of a user.
   *
   * @param nextKey where the next page starts; empty on the last one
   */
  record Page(List<Template> templates, Map<String, String> nextKey) {}

  /** Writes a first version; false when the id is taken. */
  boolean add(Template first) {
    try {
      dynamoDb.putItem(
          put ->
              put.tableName(table)
                  .item(listed(first))
                  .conditionExpression("attribute_not_exists(template_id)"));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }

  /** Writes the version after {@code current}; false when that is not the newest any more. */
  boolean addVersion(Template current, Template next) {
    try {
      Update unlist =
          Update.builder()
              .tableName(table)
              .key(key(current.templateId(), current.version()))
              .updateExpression("REMOVE listed_at")
              .conditionExpression("attribute_exists(listed_at)")
              .build();
      Put put =
          Put.builder()
              .tableName(table)
              .item(listed(next))
              .conditionExpression("attribute_not_exists(template_id)")
              .build();
      List<TransactWriteItem> both =
          List.of(
              TransactWriteItem.builder().update(unlist).build(),
              TransactWriteItem.builder().put(put).build());
      dynamoDb.transactWriteItems(transaction -> transaction.transactItems(both));
      return true;
    } catch (TransactionCanceledException e) {
      if (e.cancellationReasons().stream()
          .anyMatch(reason -> "ConditionalCheckFailed".equals(reason.code()))) {
        return false;
      }
      throw e;
    }
  }

  /** The newest version, whoever's it is. */
  public Optional<Template> newest(String templateId) {
    return versions(templateId, 1).stream().findFirst();
  }

  /** One version, whoever's it is. */
  public Optional<Template> version(String templateId, int version) {
    Map<String, AttributeValue> item =
        dynamoDb
            .getItem(get -> get.tableName(table).key(key(templateId, version)).consistentRead(true))
            .item();
    return item.isEmpty() ? Optional.empty() : Optional.of(template(item));
  }

  /** The newest versions first. */
  List<Template> versions(String templateId, int limit) {
    return versions(templateId, limit, false);
  }

  List<Template> versionsFromTheFirst(String templateId, int limit) {
    return versions(templateId, limit, true);
  }

  private List<Template> versions(String templateId, int limit, boolean fromTheFirst) {
    return dynamoDb
        .query(
            query ->
                query
                    .tableName(table)
                    .keyConditionExpression("template_id = :id")
                    .expressionAttributeValues(Map.of(":id", AttributeValue.fromS(templateId)))
                    .scanIndexForward(fromTheFirst)
                    .limit(limit)
                    .consistentRead(true))
        .items()
        .stream()
        .map(TemplateStore::template)
        .toList();
  }

  void delete(Template version) {
    dynamoDb.deleteItem(
        delete -> delete.tableName(table).key(key(version.templateId(), version.version())));
  }

  /** Those changed last come first; what was just written can be missing for a moment. */
  Page list(String userId, int limit, Map<String, String> startAfter) {
    Map<String, AttributeValue> startKey = new HashMap<>();
    startAfter.forEach((name, value) -> startKey.put(name, AttributeValue.fromS(value)));
    if (!startKey.isEmpty()) {
      startKey.put(TemplateAttribute.USER_ID, AttributeValue.fromS(userId));
    }
    QueryResponse response =
        dynamoDb.query(
            query ->
                query
                    .tableName(table)
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
    return new Page(response.items().stream().map(TemplateStore::template).toList(), nextKey);
  }

  private static Map<String, AttributeValue> key(String templateId, int version) {
    return Map.of(
        TemplateAttribute.TEMPLATE_ID,
        AttributeValue.fromS(templateId),
        TemplateAttribute.VERSION_KEY,
        AttributeValue.fromS(TemplateAttribute.versionKey(version)));
  }

  private static Map<String, AttributeValue> listed(Template template) {
    ObjectNode json = TemplateJson.writeItem(template.definition());
    json.put(TemplateAttribute.USER_ID, template.userId());
    ArrayNode required = json.putArray(REQUIRED_FIELDS);
    template.requiredFields().forEach(required::add);
    String createdAt = IsoMillis.format(template.createdAt());
    json.put(CREATED_AT, createdAt);
    json.put(TemplateAttribute.LISTED_AT, createdAt);
    Map<String, AttributeValue> item = ItemJson.toItem(json);
    item.putAll(key(template.templateId(), template.version()));
    return item;
  }

  private static Template template(Map<String, AttributeValue> item) {
    ObjectNode json = ItemJson.toJson(item);
    return new Template(
        json.get(TemplateAttribute.TEMPLATE_ID).textValue(),
        Integer.parseInt(json.get(TemplateAttribute.VERSION_KEY).textValue()),
        json.get(TemplateAttribute.USER_ID).textValue(),
        TemplateJson.read(json.deepCopy().retain(DEFINITION)),
        json.get(REQUIRED_FIELDS).valueStream().map(field -> field.textValue()).toList(),
        IsoMillis.parse(json.get(CREATED_AT).textValue()));
  }
}
