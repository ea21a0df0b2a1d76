package io.plotpalette.stream;

import static io.plotpalette.stream.StreamRecords.image;
import static io.plotpalette.stream.StreamRecords.insert;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.model.table.RunAttribute;
import io.plotpalette.model.table.Tables;
import io.plotpalette.stream.lake.LakeSinks;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Rejections in the table of runs, through the job's own sink into DynamoDB Local. */
class RejectionRunsIT {
  @RegisterExtension private static final MiniClusterExtension CLUSTER = new MiniClusterExtension();

  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final String TABLE = Tables.RUNS.physicalName("test");

  @TempDir private Path lake;

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private LocalDynamoDBRequestHandler requests;
  private DynamoDbClient table;

  @BeforeEach
  void start() throws Exception {
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    requests = new LocalDynamoDBRequestHandler(0, true, null, true, false);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    server.setHandler(new LocalDynamoDBServerHandler(requests, null));
    server.start();
    table = new RegionalClients("eu-west-1", endpoint()).tables();
    table.createTable(
        request ->
            request
                .tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(
                    attribute(RunAttribute.RUN_KIND), attribute(RunAttribute.RUN_KEY))
                .keySchema(
                    key(RunAttribute.RUN_KIND, KeyType.HASH),
                    key(RunAttribute.RUN_KEY, KeyType.RANGE)));
  }

  @AfterEach
  void stop() throws Exception {
    table.close();
    server.stop();
    requests.shutdown();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Test
  void everyRejectionLeavesOneRowHoweverOftenItIsRead() throws Exception {
    ObjectNode broken = image("u1", "t1", NOON, NOON);
    StreamRecords.text(broken, "status", "half-way");
    List<String> records =
        List.of(
            insert("e1", NOON, image("u1", "t2", NOON, NOON)),
            insert("e2", NOON, broken),
            insert("e3", NOON, image("u1", "t3", NOON, NOON.plus(Duration.ofHours(1)))));

    run(records);
    run(records);

    assertThat(rows())
        .extracting(row -> row.get(RunAttribute.RUN_KEY).s(), row -> row.get("rule").s())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("2026-11-20T12:00:00.000Z#e2", "field-value"),
            org.assertj.core.groups.Tuple.tuple("2026-11-20T12:00:00.000Z#e3", "clock-skew"));
  }

  @Test
  void aFloodLeavesTheFirstRowsAndHoldsNothingUp() throws Exception {
    List<String> records = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      records.add(insert("e" + i, NOON, image("u1", "", NOON, NOON)));
    }

    run(records);

    // One subtask for a minute, and again for each minute that turned meanwhile.
    assertThat(rows().size()).isBetween(500, 2_500);
  }

  private void run(List<String> records) throws Exception {
    StreamJobConfig config =
        StreamJobConfig.read(
            Map.of(
                    "tasks-table",
                    "not-read",
                    "runs-table",
                    TABLE,
                    "lake-uri",
                    lake.toUri().toString(),
                    "region",
                    "eu-west-1",
                    "dynamodb-endpoint",
                    endpoint().toString())
                ::get);
    StreamExecutionEnvironment env = BoundedJob.environment();
    new TaskInsightsPipeline(BoundedJob.grains())
        .connect(
            BoundedJob.records(env, records),
            TaskInsightsPipeline.Sinks.of(
                new LakeSinks(config.lakeUri()), TaskInsightsJob.runs(config)));
    env.execute();
  }

  private List<Map<String, AttributeValue>> rows() {
    return table.scanPaginator(request -> request.tableName(TABLE)).items().stream().toList();
  }

  private URI endpoint() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  private static AttributeDefinition attribute(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }
}
