package io.plotpalette.generator;

import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.tables.ItemJson;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import io.plotpalette.model.table.TemplateAttribute;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import java.net.InetAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The tables of the dataset half in DynamoDB Local, and what the API would write into them. */
public final class TestingTables implements AutoCloseable {
  public static final String STAGE = "test";
  public static final String REGION = "us-east-1";

  private static final List<TableDefinition> TABLES =
      List.of(
          Tables.JOBS, Tables.TEMPLATES, Tables.CALL_JOURNAL, Tables.COST_TRACKING, Tables.RUNS);

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final LocalDynamoDBRequestHandler requests;
  private final DynamoDbClient client;

  /** Starts a server with empty tables. */
  public TestingTables() throws Exception {
    requests = new LocalDynamoDBRequestHandler(0, true, null, true, false);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    server.setHandler(new LocalDynamoDBServerHandler(requests, null));
    server.start();
    client = new RegionalClients(REGION, endpoint()).tables();
    TABLES.forEach(this::create);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  public DynamoDbClient client() {
    return client;
  }

  private void create(TableDefinition table) {
    Set<String> attributes = new LinkedHashSet<>();
    attributes.add(table.partitionKey());
    attributes.add(table.sortKey());
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName(table.physicalName(STAGE))
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .keySchema(keys(table.partitionKey(), table.sortKey()));
    if (!table.globalIndexes().isEmpty()) {
      request.globalSecondaryIndexes(
          table.globalIndexes().stream()
              .map(
                  index -> {
                    attributes.add(index.partitionKey());
                    attributes.add(index.sortKey());
                    return GlobalSecondaryIndex.builder()
                        .indexName(index.name())
                        .keySchema(keys(index.partitionKey(), index.sortKey()))
                        .projection(projection -> projection.projectionType(ProjectionType.ALL))
                        .build();
                  })
              .toList());
    }
    if (table.streamsBothImages()) {
      request.streamSpecification(
          stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES));
    }
    request.attributeDefinitions(
        attributes.stream()
            .map(
                name ->
                    AttributeDefinition.builder()
                        .attributeName(name)
                        .attributeType(ScalarAttributeType.S)
                        .build())
            .toList());
    client.createTable(request.build());
  }

  private static List<KeySchemaElement> keys(String partitionKey, String sortKey) {
    return List.of(
        KeySchemaElement.builder().attributeName(partitionKey).keyType(KeyType.HASH).build(),
        KeySchemaElement.builder().attributeName(sortKey).keyType(KeyType.RANGE).build());
  }

  /** Stores version 1 of a template. */
  public void put(String templateId, TemplateDefinition template) {
    ObjectNode json = TemplateJson.writeItem(template);
    json.put(TemplateAttribute.TEMPLATE_ID, templateId);
    json.put(TemplateAttribute.VERSION_KEY, TemplateAttribute.versionKey(1));
    json.put("user_id", "u1");
    json.put("created_at", "2026-11-20T12:00:00.000Z");
    put(Tables.TEMPLATES, json);
  }

  /** Queues a job as the API does. */
  public void queue(JobDefinition job) {
    ObjectNode definition = JobJson.write(job);
    definition.put(JobAttribute.PART, JobAttribute.PART_DEFINITION);
    ObjectNode progress = JobJson.write(JobProgress.queued(job));
    progress.put(JobAttribute.PART, JobAttribute.PART_PROGRESS);
    client.transactWriteItems(
        request -> request.transactItems(List.of(insert(definition), insert(progress))));
  }

  private static TransactWriteItem insert(ObjectNode json) {
    return TransactWriteItem.builder()
        .put(put -> put.tableName(Tables.JOBS.physicalName(STAGE)).item(ItemJson.write(json)))
        .build();
  }

  public void cancel(String jobId) {
    client.updateItem(
        update ->
            update
                .tableName(Tables.JOBS.physicalName(STAGE))
                .key(key(jobId, JobAttribute.PART_DEFINITION))
                .updateExpression("set cancel_requested_at = :at")
                .expressionAttributeValues(
                    Map.of(":at", AttributeValue.fromS("2026-11-20T13:00:00.000Z"))));
  }

  public void delete(String jobId) {
    for (String part : List.of(JobAttribute.PART_DEFINITION, JobAttribute.PART_PROGRESS)) {
      client.deleteItem(
          delete -> delete.tableName(Tables.JOBS.physicalName(STAGE)).key(key(jobId, part)));
    }
  }

  /** As it stands now; null if the job is gone. */
  public JobProgress progress(String jobId) {
    Map<String, AttributeValue> item =
        client
            .getItem(
                get ->
                    get.tableName(Tables.JOBS.physicalName(STAGE))
                        .consistentRead(true)
                        .key(key(jobId, JobAttribute.PART_PROGRESS)))
            .item();
    return item.isEmpty() ? null : JobJson.readProgress(ItemJson.read(item));
  }

  private static Map<String, AttributeValue> key(String jobId, String part) {
    return Map.of(
        JobAttribute.JOB_ID, AttributeValue.fromS(jobId),
        JobAttribute.PART, AttributeValue.fromS(part));
  }

  public void put(TableDefinition table, ObjectNode json) {
    client.putItem(
        put -> put.tableName(table.physicalName(STAGE)).item(new HashMap<>(ItemJson.write(json))));
  }

  /** Everything in a table. */
  public List<Map<String, AttributeValue>> items(TableDefinition table) {
    return client
        .scanPaginator(scan -> scan.tableName(table.physicalName(STAGE)).consistentRead(true))
        .items()
        .stream()
        .toList();
  }

  @Override
  public void close() throws Exception {
    client.close();
    server.stop();
    requests.shutdown();
  }
}
