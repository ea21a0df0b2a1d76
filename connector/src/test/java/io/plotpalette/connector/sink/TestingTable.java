package io.plotpalette.connector.sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.connector.TestingEndpoint;
import io.plotpalette.connector.TestingEndpoint.Answer;
import io.plotpalette.connector.TestingEndpoint.Fault;
import io.plotpalette.connector.streams.TestingDynamoDb;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A table in DynamoDB Local, behind an endpoint that fails when told to. */
final class TestingTable implements AutoCloseable {
  static final String NAME = "things";

  private static final ObjectMapper JSON = new ObjectMapper();

  final TestingEndpoint endpoint;
  private final TestingDynamoDb dynamoDb;
  private final DynamoDbClient direct;

  /** With the primary key {@code owner} (string), {@code n} (number). */
  TestingTable() throws Exception {
    dynamoDb = new TestingDynamoDb();
    endpoint = TestingEndpoint.inFrontOf(dynamoDb.endpoint());
    direct = TestingDynamoDb.clients(dynamoDb.endpoint()).tables();
    direct.createTable(
        table ->
            table
                .tableName(NAME)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    attribute("owner", ScalarAttributeType.S),
                    attribute("n", ScalarAttributeType.N))
                .keySchema(key("owner", KeyType.HASH), key("n", KeyType.RANGE)));
  }

  /** A client that goes through the endpoint; serializable, so that jobs can have it. */
  DynamoDbClientProvider clients() {
    URI uri = endpoint.uri();
    return () -> TestingDynamoDb.clients(uri).tables();
  }

  static Map<String, AttributeValue> key(String owner, String n) {
    return Map.of("owner", string(owner), "n", number(n));
  }

  static Map<String, AttributeValue> item(String owner, String n, int value) {
    Map<String, AttributeValue> item = new HashMap<>(key(owner, n));
    item.put("value", number(Integer.toString(value)));
    return item;
  }

  static AttributeValue string(String text) {
    return AttributeValue.builder().s(text).build();
  }

  static AttributeValue number(String digits) {
    return AttributeValue.builder().n(digits).build();
  }

  /** Null when there is no such item. */
  Integer value(String owner, String n) {
    Map<String, AttributeValue> item =
        direct.getItem(get -> get.tableName(NAME).key(key(owner, n)).consistentRead(true)).item();
    return item.isEmpty() ? null : Integer.valueOf(item.get("value").n());
  }

  int size() {
    return direct.scan(scan -> scan.tableName(NAME)).count();
  }

  /** The first half of a batch is written, the rest comes back as unprocessed. */
  static Fault halfUnprocessed() {
    return (body, service) -> {
      ObjectNode request = (ObjectNode) JSON.readTree(body);
      ArrayNode writes = (ArrayNode) request.get("RequestItems").get(NAME);
      ArrayNode rest = JSON.createArrayNode();
      while (writes.size() > rest.size()) {
        rest.insert(0, writes.remove(writes.size() - 1));
      }
      if (!writes.isEmpty()) {
        JsonNode real = JSON.readTree(service.answer(request.toString()).body());
        if (real.has("__type")) {
          return new Answer(400, real.toString());
        }
      }
      ObjectNode answer = JSON.createObjectNode();
      answer.putObject("UnprocessedItems").set(NAME, rest);
      return new Answer(200, answer.toString());
    };
  }

  @Override
  public void close() throws Exception {
    direct.close();
    endpoint.close();
    dynamoDb.close();
  }

  private static AttributeDefinition attribute(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }
}
