package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.local.client.TasksClient;
import io.plotpalette.local.client.TasksClient.Answer;
import io.plotpalette.local.demo.ExpectedInsights;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.table.Tables;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** From an HTTP request to a row in a view, all parts real, one process. */
class TaskJourneyIT {
  private static final Duration VISIBLE = Duration.ofSeconds(90);
  private static final Path PLUGINS = Path.of("target/palette/plugins").toAbsolutePath();

  @TempDir private static Path folder;

  private static PaletteServer server;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> environment = FreePorts.environment();
    environment.put("PALETTE_CHECKPOINT_INTERVAL", "PT1S");
    environment.put("PALETTE_DATA", "data of José");
    server =
        PaletteServer.start(LocalConfig.read(folder, environment::get), PLUGINS, progress -> {});
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void whatTwoUsersDoIsInTheViewsAndNobodyElsesBusiness() throws Exception {
    TasksClient ada = new TasksClient(HTTP, server.api(), server.signUpAndLogIn(HTTP, "ada"));
    TasksClient ben = new TasksClient(HTTP, server.api(), server.signUpAndLogIn(HTTP, "ben"));
    ExpectedInsights expected = new ExpectedInsights();

    // When Ada finishes one task and drops another, and Ben creates one
    Answer first = ada.create("{\"title\": \"Write\", \"description\": \"the runbook\"}");
    expected.created(first.body());
    Answer done = ada.complete(first.text("task_id"), first.version());
    expected.completed(done.body());
    Answer second = ada.create("{\"title\": \"Forget\", \"description\": \"it\"}");
    expected.created(second.body());
    Answer deleted = ada.delete(second.text("task_id"), second.version());
    expected.deletedOpen(second.body(), Instant.now());
    Answer third = ben.create("{\"title\": \"Read\", \"description\": \"the runbook\"}");
    expected.created(third.body());

    // Then the answers are right
    assertThat(List.of(first.status(), done.status(), deleted.status(), third.status()))
        .containsExactly(201, 200, 204, 201);
    assertThat(done.text("status")).isEqualTo("done");
    assertThat(ada.get(second.text("task_id")).status()).isEqualTo(404);

    // and neither user sees, changes or deletes what is the other's
    String adas = first.text("task_id");
    assertThat(ben.get(adas).status()).isEqualTo(404);
    assertThat(ben.complete(adas, 2).status()).isEqualTo(404);
    assertThat(ben.replace(adas, 2, "{\"title\": \"Mine\"}").status()).isEqualTo(404);
    assertThat(ben.delete(adas, 2).status()).isEqualTo(404);
    assertThat(ben.list("limit=100").body().path("items")).hasSize(1);

    // and the views show what happened
    try (LakeDatabase lake = LakeDatabase.open(server.bucket())) {
      String users = "('" + String.join("', '", expected.userIds()) + "')";
      await()
          .atMost(VISIBLE)
          .untilAsserted(
              () ->
                  assertThat(
                          lake.query(
                                  "SELECT title, status, version FROM tasks_current"
                                      + " WHERE user_id IN %s ORDER BY title".formatted(users))
                              .rows())
                      .containsExactly(
                          List.of("Read", "todo", "1"), List.of("Write", "done", "2")));
      await()
          .atMost(VISIBLE)
          .untilAsserted(
              () ->
                  assertThat(
                          lake.query(
                                  "SELECT %s FROM productivity_hourly WHERE user_id IN %s ORDER BY 1, 2"
                                      .formatted(ExpectedInsights.COLUMNS, users))
                              .rows())
                      .isEqualTo(expected.rows()));
    }
  }

  @Test
  void anItemThatBreaksTheContractIsQuarantinedAndTheJobGoesOn() throws Exception {
    try (DynamoDbClient dynamoDb = dynamoDb()) {
      dynamoDb.putItem(
          request ->
              request
                  .tableName(Tables.TASKS.physicalName(PaletteServer.STAGE))
                  .item(
                      Map.of(
                          "user_id", AttributeValue.fromS("nobody"),
                          "task_id", AttributeValue.fromS("by-hand"),
                          "title", AttributeValue.fromN("7"))));
    }
    TasksClient cleo = new TasksClient(HTTP, server.api(), server.signUpAndLogIn(HTTP, "cleo"));
    Answer task = cleo.create("{\"title\": \"After\", \"description\": \"the broken one\"}");

    try (LakeDatabase lake = LakeDatabase.open(server.bucket())) {
      await()
          .atMost(VISIBLE)
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(
                          lake.query(
                                  """
                                  SELECT rule, reason FROM read_json('%s/%s/*/*/*/*.jsonl')
                                  WHERE json_extract_string(record, \
                                  '$.dynamodb.Keys.task_id.S') = 'by-hand'"""
                                      .formatted(
                                          server.bucket(), LakeTable.TASK_CHANGES_QUARANTINE_PATH))
                              .rows())
                      .containsExactly(List.of("field-type", "title must have type S, has 'N'")));
      await()
          .atMost(VISIBLE)
          .untilAsserted(
              () ->
                  assertThat(
                          lake.query(
                                  "SELECT title FROM tasks_current WHERE task_id = '%s'"
                                      .formatted(task.text("task_id")))
                              .rows())
                      .containsExactly(List.of("After")));
    }
    assertThat(flink("/jobs/overview").path("jobs"))
        .hasSize(2)
        .allSatisfy(job -> assertThat(job.path("state").textValue()).isEqualTo("RUNNING"));
  }

  @Test
  void theFlinkUiShowsTheJobsWithReadableOperators() throws Exception {
    assertThat(operators("task-insights"))
        .anyMatch(name -> name.contains("task-changes"))
        .contains("parse", "transitions", "hourly-insights");
    assertThat(operators("dataset-generation"))
        .anyMatch(name -> name.contains("job-events"))
        .contains("schedule", "run", "export");
    HttpResponse<String> page =
        HTTP.send(
            HttpRequest.newBuilder(server.flink()).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(page.body()).contains("Apache Flink Web Dashboard");
  }

  private static Set<String> operators(String jobName) throws Exception {
    TreeSet<String> operators = new TreeSet<>();
    for (JsonNode job : flink("/jobs/overview").path("jobs")) {
      if (job.path("name").textValue().equals(jobName)) {
        for (JsonNode vertex : flink("/jobs/" + job.path("jid").textValue()).path("vertices")) {
          operators.addAll(List.of(vertex.path("name").textValue().split(" -> |[(), ]+")));
        }
      }
    }
    return operators;
  }

  private static JsonNode flink(String path) throws Exception {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(URI.create(server.flink() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    return new ObjectMapper().readTree(response.body());
  }

  private static DynamoDbClient dynamoDb() {
    return DynamoDbClient.builder()
        .endpointOverride(server.dynamoDb())
        .region(Region.of(PaletteServer.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }
}
