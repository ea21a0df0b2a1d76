package io.plotpalette.api;

import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** DynamoDB Local in memory, on the loopback interface, with every table of the product. */
public final class TestingDynamoDb implements AutoCloseable {
  public static final ApiConfig CONFIG =
      new ApiConfig(
          Tables.TASKS.physicalName("test"),
          Tables.TASK_TOMBSTONES.physicalName("test"),
          Tables.USERS.physicalName("test"),
          Tables.IDEMPOTENCY.physicalName("test"),
          URI.create("http://127.0.0.1/000000000000/task-writes"),
          "data",
          Optional.empty(),
          Duration.ofSeconds(10),
          new ApiConfig.Datasets(
              Tables.TEMPLATES.physicalName("test"),
              Tables.SEED_DATA.physicalName("test"),
              Tables.JOBS.physicalName("test"),
              Tables.CALL_JOURNAL.physicalName("test"),
              Tables.COST_TRACKING.physicalName("test"),
              "us-east-1"));

  /** The same tables, and a user pool. */
  public static ApiConfig config(URI userPoolEndpoint) {
    return new ApiConfig(
        CONFIG.tasksTable(),
        CONFIG.taskTombstonesTable(),
        CONFIG.usersTable(),
        CONFIG.idempotencyTable(),
        CONFIG.taskWritesQueueUrl(),
        CONFIG.dataBucket(),
        Optional.of(userPoolEndpoint),
        CONFIG.tableCallTimeout(),
        CONFIG.datasets());
  }

  private final Server server;
  private final LocalDynamoDBRequestHandler tables;
  private final DynamoDbClient client;

  private TestingDynamoDb() throws Exception {
    tables = new LocalDynamoDBRequestHandler(0, true, null, true, false);
    server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new LocalDynamoDBServerHandler(tables, null));
    server.start();
    useLocalCredentials();
    client =
        DynamoDbClient.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + connector.getLocalPort()))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    Tables.all().forEach(this::create);
  }

  public static TestingDynamoDb start() throws Exception {
    return new TestingDynamoDb();
  }

  public DynamoDbClient client() {
    return client;
  }

  @Override
  public void close() throws Exception {
    client.close();
    server.stop();
    tables.shutdown();
  }

  /** The SDK's way to region and credentials that neither asks this machine nor the network. */
  public static void useLocalCredentials() {
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
  }

  private void create(TableDefinition table) {
    List<String> mainKey = keyNames(table.partitionKey(), table.sortKey());
    Set<String> attributes = new LinkedHashSet<>(mainKey);
    table.localIndexes().forEach(index -> attributes.add(index.sortKey()));
    table
        .globalIndexes()
        .forEach(index -> attributes.addAll(List.of(index.partitionKey(), index.sortKey())));
    List<LocalSecondaryIndex> indexes =
        table.localIndexes().stream()
            .map(
                index ->
                    LocalSecondaryIndex.builder()
                        .indexName(index.name())
                        .keySchema(keySchema(keyNames(table.partitionKey(), index.sortKey())))
                        .projection(projection -> projection.projectionType(ProjectionType.ALL))
                        .build())
            .toList();
    List<GlobalSecondaryIndex> globalIndexes =
        table.globalIndexes().stream()
            .map(
                index ->
                    GlobalSecondaryIndex.builder()
                        .indexName(index.name())
                        .keySchema(keySchema(keyNames(index.partitionKey(), index.sortKey())))
                        .projection(projection -> projection.projectionType(ProjectionType.ALL))
                        .build())
            .toList();
    client.createTable(
        request ->
            request
                .tableName(table.physicalName("test"))
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    attributes.stream()
                        .map(
                            name ->
                                AttributeDefinition.builder()
                                    .attributeName(name)
                                    .attributeType(ScalarAttributeType.S)
                                    .build())
                        .toList())
                .keySchema(keySchema(mainKey))
                .localSecondaryIndexes(indexes.isEmpty() ? null : indexes)
                .globalSecondaryIndexes(globalIndexes.isEmpty() ? null : globalIndexes));
  }

  private static List<String> keyNames(String partitionKey, String sortKey) {
    return sortKey == null ? List.of(partitionKey) : List.of(partitionKey, sortKey);
  }

  private static List<KeySchemaElement> keySchema(List<String> names) {
    List<KeySchemaElement> elements = new ArrayList<>();
    for (String name : names) {
      elements.add(
          KeySchemaElement.builder()
              .attributeName(name)
              .keyType(elements.isEmpty() ? KeyType.HASH : KeyType.RANGE)
              .build());
    }
    return elements;
  }
}
