package io.plotpalette.local.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plotpalette.local.loopback.PortInUseException;
import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.TableDefinition.LocalIndex;
import io.plotpalette.model.table.Tables;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

class DynamoDbLocalServerIT {
  private static final String TASKS = Tables.TASKS.physicalName("test");
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"));

  @TempDir private Path folder;

  @Test
  void itemsAndStreamRecordsSurviveARestart() throws Exception {
    String streamArn;
    try (DynamoDbLocalServer server = DynamoDbLocalServer.onDisk(folder, 0);
        DynamoDbClient client = client(server)) {
      new TableCreator(client, "test").createAbsent(Tables.all());
      streamArn = describeTasks(client).latestStreamArn();
      put(client, "t1");
    }

    try (DynamoDbLocalServer server = DynamoDbLocalServer.onDisk(folder, 0);
        DynamoDbClient client = client(server)) {
      new TableCreator(client, "test").createAbsent(Tables.all());
      put(client, "t2");

      assertThat(client.scan(scan -> scan.tableName(TASKS)).items()).hasSize(2);
      assertThat(describeTasks(client).latestStreamArn()).isEqualTo(streamArn);
      assertThat(records(server, streamArn))
          .extracting(record -> record.dynamodb().newImage().get("task_id").s())
          .containsExactly("t1", "t2");
    }
  }

  @Test
  void tablesAreCreatedAsDefined() throws Exception {
    try (DynamoDbLocalServer server = DynamoDbLocalServer.inMemory(0);
        DynamoDbClient client = client(server)) {
      new TableCreator(client, "test").createAbsent(Tables.all());

      TableDescription tasks = describeTasks(client);
      assertThat(tasks.keySchema())
          .extracting(key -> key.attributeName())
          .containsExactly("user_id", "task_id");
      assertThat(tasks.localSecondaryIndexes())
          .allSatisfy(
              index ->
                  assertThat(index.projection().projectionType()).isEqualTo(ProjectionType.ALL))
          .extracting(
              index -> index.indexName() + " by " + index.keySchema().get(1).attributeName())
          .containsExactlyInAnyOrder("by-updated by updated_at", "by-due by due_key");
      assertThat(tasks.streamSpecification().streamViewType())
          .isEqualTo(StreamViewType.NEW_AND_OLD_IMAGES);
      assertThat(
              client
                  .describeTable(describe -> describe.tableName(Tables.USERS.physicalName("test")))
                  .table()
                  .streamSpecification())
          .isNull();
    }
  }

  @Test
  void creatingTablesTwiceChangesNothing() throws Exception {
    TableDefinition expiring =
        new TableDefinition(
            "expiring",
            "a",
            "b",
            List.of(new LocalIndex("by-c", "c")),
            List.of(),
            false,
            "expires_at");
    try (DynamoDbLocalServer server = DynamoDbLocalServer.inMemory(0);
        DynamoDbClient client = client(server)) {
      TableCreator creator = new TableCreator(client, "test");

      creator.createAbsent(List.of(expiring));
      creator.createAbsent(List.of(expiring));

      assertThat(
              client
                  .describeTimeToLive(describe -> describe.tableName(expiring.physicalName("test")))
                  .timeToLiveDescription())
          .satisfies(
              ttl -> {
                assertThat(ttl.timeToLiveStatus()).isEqualTo(TimeToLiveStatus.ENABLED);
                assertThat(ttl.attributeName()).isEqualTo("expires_at");
              });
    }
  }

  @Test
  void namesThePortThatIsTaken() throws Exception {
    try (DynamoDbLocalServer server = DynamoDbLocalServer.inMemory(0)) {
      int port = server.endpoint().getPort();

      assertThatThrownBy(() -> DynamoDbLocalServer.inMemory(port))
          .isInstanceOfSatisfying(
              PortInUseException.class,
              e -> {
                assertThat(e.port()).isEqualTo(port);
                assertThat(e.what()).isEqualTo("DynamoDB");
              });
    }
  }

  @Test
  void leavesNoThreadThatWouldKeepTheJvmAlive() throws Exception {
    Set<Thread> before = nonDaemonThreads();
    try (DynamoDbLocalServer server = DynamoDbLocalServer.onDisk(folder, 0);
        DynamoDbClient client = client(server)) {
      new TableCreator(client, "test").createAbsent(Tables.all());
      put(client, "t1");
    }

    await().untilAsserted(() -> assertThat(threadsBesides(before)).isEmpty());
  }

  private static Set<Thread> threadsBesides(Set<Thread> known) {
    Set<Thread> threads = nonDaemonThreads();
    threads.removeAll(known);
    return threads;
  }

  private static Set<Thread> nonDaemonThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.isDaemon() && !thread.getName().startsWith("awaitility"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static TableDescription describeTasks(DynamoDbClient client) {
    return client.describeTable(describe -> describe.tableName(TASKS)).table();
  }

  private static void put(DynamoDbClient client, String taskId) {
    client.putItem(
        put ->
            put.tableName(TASKS)
                .item(
                    Map.of(
                        "user_id",
                        AttributeValue.fromS("u1"),
                        "task_id",
                        AttributeValue.fromS(taskId))));
  }

  private static List<Record> records(DynamoDbLocalServer server, String streamArn) {
    try (DynamoDbStreamsClient streams =
        DynamoDbStreamsClient.builder()
            .endpointOverride(server.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .build()) {
      String shardId =
          streams
              .describeStream(describe -> describe.streamArn(streamArn))
              .streamDescription()
              .shards()
              .get(0)
              .shardId();
      String iterator =
          streams
              .getShardIterator(
                  get ->
                      get.streamArn(streamArn)
                          .shardId(shardId)
                          .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
              .shardIterator();
      return streams.getRecords(get -> get.shardIterator(iterator)).records();
    }
  }

  private static DynamoDbClient client(DynamoDbLocalServer server) {
    return DynamoDbClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(CREDENTIALS)
        .build();
  }
}
