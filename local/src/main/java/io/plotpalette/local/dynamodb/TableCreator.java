package io.plotpalette.local.dynamodb;

import io.plotpalette.model.table.TableDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** Creates the product's tables where they do not exist yet, as the cloud's stacks would. */
public final class TableCreator {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final DynamoDbClient client;
  private final String stage;

  /**
   * @param stage part of each table's physical name
   */
  public TableCreator(DynamoDbClient client, String stage) {
    this.client = client;
    this.stage = stage;
  }

  /** Returns when every table is active. Tables that exist are left as they are. */
  public void createAbsent(Collection<TableDefinition> tables) {
    Set<String> present =
        client.listTablesPaginator().tableNames().stream().collect(Collectors.toSet());
    for (TableDefinition table : tables) {
      String name = table.physicalName(stage);
      if (!present.contains(name)) {
        client.createTable(request(table, name));
      }
      awaitActive(name);
      if (table.ttlAttribute() != null) {
        expireBy(table.ttlAttribute(), name);
      }
    }
  }

  private void awaitActive(String name) {
    try (DynamoDbWaiter waiter = client.waiter()) {
      waiter.waitUntilTableExists(
          describe -> describe.tableName(name), wait -> wait.waitTimeout(DEADLINE));
    }
  }

  private static CreateTableRequest request(TableDefinition table, String name) {
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(keys(table.partitionKey(), table.sortKey()))
            .attributeDefinitions(
                keyAttributes(table).stream()
                    .map(
                        attribute ->
                            AttributeDefinition.builder()
                                .attributeName(attribute)
                                .attributeType(ScalarAttributeType.S)
                                .build())
                    .toList());
    if (!table.localIndexes().isEmpty()) {
      request.localSecondaryIndexes(
          table.localIndexes().stream()
              .map(
                  index ->
                      LocalSecondaryIndex.builder()
                          .indexName(index.name())
                          .keySchema(keys(table.partitionKey(), index.sortKey()))
                          .projection(p -> p.projectionType(ProjectionType.ALL))
                          .build())
              .toList());
    }
    if (!table.globalIndexes().isEmpty()) {
      request.globalSecondaryIndexes(
          table.globalIndexes().stream()
              .map(
                  index ->
                      GlobalSecondaryIndex.builder()
                          .indexName(index.name())
                          .keySchema(keys(index.partitionKey(), index.sortKey()))
                          .projection(p -> p.projectionType(ProjectionType.ALL))
                          .build())
              .toList());
    }
    if (table.streamsBothImages()) {
      request.streamSpecification(
          stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES));
    }
    return request.build();
  }

  private static Set<String> keyAttributes(TableDefinition table) {
    Set<String> attributes = new TreeSet<>();
    attributes.add(table.partitionKey());
    if (table.sortKey() != null) {
      attributes.add(table.sortKey());
    }
    table.localIndexes().forEach(index -> attributes.add(index.sortKey()));
    for (TableDefinition.GlobalIndex index : table.globalIndexes()) {
      attributes.add(index.partitionKey());
      attributes.add(index.sortKey());
    }
    return attributes;
  }

  private static List<KeySchemaElement> keys(String partitionKey, String sortKey) {
    List<KeySchemaElement> keys = new ArrayList<>();
    keys.add(key(partitionKey, KeyType.HASH));
    if (sortKey != null) {
      keys.add(key(sortKey, KeyType.RANGE));
    }
    return keys;
  }

  private static KeySchemaElement key(String attribute, KeyType type) {
    return KeySchemaElement.builder().attributeName(attribute).keyType(type).build();
  }

  private void expireBy(String attribute, String name) {
    TimeToLiveStatus status =
        client
            .describeTimeToLive(describe -> describe.tableName(name))
            .timeToLiveDescription()
            .timeToLiveStatus();
    // Enabling it twice is an error.
    if (status == TimeToLiveStatus.DISABLED) {
      client.updateTimeToLive(
          update ->
              update
                  .tableName(name)
                  .timeToLiveSpecification(ttl -> ttl.enabled(true).attributeName(attribute)));
    }
  }
}
