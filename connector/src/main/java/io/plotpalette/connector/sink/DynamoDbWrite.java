package io.plotpalette.connector.sink;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One write of one item, as the table gets it. Items are whole: what a put does not name is gone
 * afterwards. Attributes are those of the AWS SDK.
 */
public final class DynamoDbWrite implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What is done to the item. */
  enum Kind {
    PUT,
    CONDITIONAL_PUT,
    DELETE
  }

  private final Kind kind;
  private final Map<String, AttributeValue> attributes;
  private final String condition;
  private final Map<String, String> names;
  private final Map<String, AttributeValue> values;

  DynamoDbWrite(
      Kind kind,
      Map<String, AttributeValue> attributes,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    if (attributes.isEmpty()) {
      throw new IllegalArgumentException(
          kind == Kind.DELETE ? "A key without attributes" : "An item without attributes");
    }
    this.kind = kind;
    this.attributes = Map.copyOf(attributes);
    this.condition = condition;
    this.names = Map.copyOf(names);
    this.values = Map.copyOf(values);
  }

  /** Writes the item, whatever the table holds. */
  public static DynamoDbWrite put(Map<String, AttributeValue> item) {
    return new DynamoDbWrite(Kind.PUT, item, null, Map.of(), Map.of());
  }

  /**
   * Writes the item unless one with its key is there already.
   *
   * @param keyAttributes the attributes of the table's primary key, one or two
   */
  public static DynamoDbWrite putIfAbsent(
      Map<String, AttributeValue> item, String... keyAttributes) {
    if (keyAttributes.length == 0) {
      throw new IllegalArgumentException("putIfAbsent needs the attributes of the primary key");
    }
    StringJoiner condition = new StringJoiner(" AND ");
    Map<String, String> names = new LinkedHashMap<>();
    for (String attribute : keyAttributes) {
      String placeholder = "#key" + names.size();
      names.put(placeholder, attribute);
      condition.add("attribute_not_exists(" + placeholder + ")");
    }
    return putIf(item, condition.toString(), names, Map.of());
  }

  /**
   * Writes the item if the condition holds for what the table has under its key. If it does not,
   * that is counted and taken as done: something newer is there.
   *
   * <p>After a call that got no answer the write is sent again; if the first one did arrive, the
   * condition may then fail because of this very item, which is done all the same.
   *
   * @param conditionExpression in DynamoDB's syntax, such as {@code #seq < :seq}
   * @param names placeholder with {@code #} to attribute name, empty if there are none
   * @param values placeholder with {@code :} to value, empty if there are none
   */
  public static DynamoDbWrite putIf(
      Map<String, AttributeValue> item,
      String conditionExpression,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    if (conditionExpression.isBlank()) {
      throw new IllegalArgumentException("conditionExpression is blank; use put");
    }
    return new DynamoDbWrite(Kind.CONDITIONAL_PUT, item, conditionExpression, names, values);
  }

  /**
   * Deletes the item, if it is there.
   *
   * @param key the attributes of the primary key, no others
   */
  public static DynamoDbWrite delete(Map<String, AttributeValue> key) {
    return new DynamoDbWrite(Kind.DELETE, key, null, Map.of(), Map.of());
  }

  Kind kind() {
    return kind;
  }

  /** The item; of a delete the key. */
  Map<String, AttributeValue> attributes() {
    return attributes;
  }

  /** Null unless the put is conditional. */
  String condition() {
    return condition;
  }

  Map<String, String> names() {
    return names;
  }

  Map<String, AttributeValue> values() {
    return values;
  }

  /** The primary key, for tables with these key attributes; those the item lacks are missing. */
  Map<String, AttributeValue> key(List<String> keyAttributes) {
    Map<String, AttributeValue> key = new LinkedHashMap<>();
    for (String attribute : keyAttributes) {
      AttributeValue value = attributes.get(attribute);
      if (value != null) {
        key.put(attribute, value);
      }
    }
    return key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DynamoDbWrite that
        && kind == that.kind
        && attributes.equals(that.attributes)
        && Objects.equals(condition, that.condition)
        && names.equals(that.names)
        && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, attributes, condition, names, values);
  }

  /** Without values: they may be personal, and this ends up in logs. */
  @Override
  public String toString() {
    return kind + " of " + attributes.keySet() + (condition == null ? "" : " if " + condition);
  }
}
