package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.uuid.Generators;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;

class TasksHandlerIT {
  private static final Instant START = Instant.parse("2026-11-20T09:00:00.123456789Z");
  private static final String TABLE = TestingDynamoDb.CONFIG.tasksTable();
  private static final String FULL_BODY =
      """
      {
        "title": "Order the proofs",
        "description": "Two sets\\nof \\"matt\\" paper 😀",
        "status": "in_progress",
        "priority": "high",
        "labels": ["print", "a"],
        "due_at": "2026-12-01T17:00:00.9876543+01:00",
        "time_zone": "Europe/Berlin",
        "estimate_minutes": 30,
        "parent_id": "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01",
        "metadata": {"supplier": "Ink & Co", "b": ""}
      }
      """;

  private static TestingDynamoDb dynamoDb;

  private final String user = UUID.randomUUID().toString();
  private Instant now = START;
  private final TestingApi api = api(dynamoDb.client(), ids());

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    dynamoDb.close();
  }

  @Test
  void aTaskIsCreatedWithDefaults() {
    Answer created = create("{\"title\":\"Call the printer\"}");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.etag()).isEqualTo("\"1\"");
    JsonNode task = created.json();
    String id = task.get("task_id").textValue();
    assertThat(created.headers()).containsEntry("Location", "/v1/tasks/" + id);
    assertThat(task.toString())
        .isEqualTo(
            """
            {"task_id":"%s","user_id":"%s","title":"Call the printer","description":"",\
            "status":"todo","priority":"normal","labels":[],"metadata":{},\
            "created_at":"2026-11-20T09:00:00.123Z","updated_at":"2026-11-20T09:00:00.123Z",\
            "version":1}"""
                .formatted(id, user));
    assertThat(get(id).json()).isEqualTo(task);
  }

  @Test
  void everyFieldIsKept() {
    JsonNode task = create(FULL_BODY).json();

    assertThat(task.get("description").textValue()).isEqualTo("Two sets\nof \"matt\" paper 😀");
    assertThat(task.get("labels").toString()).isEqualTo("[\"print\",\"a\"]");
    assertThat(task.get("due_at").textValue()).isEqualTo("2026-12-01T16:00:00.987Z");
    assertThat(task.get("time_zone").textValue()).isEqualTo("Europe/Berlin");
    assertThat(task.get("estimate_minutes").intValue()).isEqualTo(30);
    assertThat(task.get("metadata").toString()).isEqualTo("{\"b\":\"\",\"supplier\":\"Ink & Co\"}");
    assertThat(get(id(task)).json()).isEqualTo(task);
    assertThat(item(id(task)).get("due_key").s()).isEqualTo("2026-12-01T16:00:00.987Z");
  }

  @Test
  void aTaskCreatedAsDoneIsCompletedAtOnce() {
    JsonNode task = create("{\"title\":\"t\",\"status\":\"done\"}").json();

    assertThat(task.get("completed_at")).isEqualTo(task.get("created_at"));
  }

  @Test
  void replacingSetsWhatIsLeftOutToItsDefault() {
    JsonNode task = create(FULL_BODY).json();
    now = now.plusSeconds(60);

    Answer replaced = replace(id(task), "\"1\"", "{\"title\":\"t\",\"due_date\":\"2026-12-01\"}");

    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.etag()).isEqualTo("\"2\"");
    assertThat(replaced.json().toString())
        .isEqualTo(
            """
            {"task_id":"%s","user_id":"%s","title":"t","description":"","status":"todo",\
            "priority":"normal","labels":[],"due_date":"2026-12-01","metadata":{},\
            "created_at":"2026-11-20T09:00:00.123Z","updated_at":"2026-11-20T09:01:00.123Z",\
            "version":2}"""
                .formatted(id(task), user));
    assertThat(get(id(task)).json()).isEqualTo(replaced.json());
    assertThat(item(id(task)).get("due_key").s()).isEqualTo("2026-12-01T23:59:59.999Z");
  }

  @Test
  void replacingWithTheSameFieldsIsAWriteToo() {
    JsonNode task = create("{\"title\":\"t\"}").json();

    assertThat(replace(id(task), "\"1\"", "{\"title\":\"t\"}").etag()).isEqualTo("\"2\"");
  }

  @Test
  void aTaskCannotBePartOfItself() {
    String id = id(create("{\"title\":\"t\"}").json());

    Answer answer = replace(id, "\"1\"", "{\"title\":\"t\",\"parent_id\":\"%s\"}".formatted(id));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/pointer").textValue()).isEqualTo("/parent_id");
  }

  @Test
  void updatedAtNeverGoesBack() {
    JsonNode task = create("{\"title\":\"t\"}").json();
    now = now.minusSeconds(3600);

    Answer replaced = replace(id(task), "\"1\"", "{\"title\":\"t\",\"status\":\"done\"}");

    assertThat(replaced.json().get("updated_at")).isEqualTo(task.get("updated_at"));
    assertThat(replaced.json().get("completed_at")).isEqualTo(task.get("updated_at"));
  }

  @Test
  void completedAtIsKeptWhileDoneAndClearedAfterwards() {
    String id = id(create("{\"title\":\"t\"}").json());
    now = now.plusSeconds(1);
    JsonNode completed = complete(id, "\"1\"").json();
    now = now.plusSeconds(1);

    JsonNode edited = replace(id, "\"2\"", "{\"title\":\"u\",\"status\":\"done\"}").json();
    JsonNode cancelled = replace(id, "\"3\"", "{\"title\":\"u\",\"status\":\"cancelled\"}").json();

    assertThat(completed.get("completed_at").textValue()).isEqualTo("2026-11-20T09:00:01.123Z");
    assertThat(edited.get("completed_at")).isEqualTo(completed.get("completed_at"));
    assertThat(cancelled.has("completed_at")).isFalse();
    assertThat(item(id)).doesNotContainKey("completed_at");
  }

  @Test
  void completingAndReopeningOnlyWriteWhenThereIsSomethingToChange() {
    String id = id(create("{\"title\":\"t\"}").json());

    assertThat(reopen(id, "\"1\"").etag()).isEqualTo("\"1\"");
    assertThat(complete(id, "\"1\"").etag()).isEqualTo("\"2\"");
    Answer again = complete(id, "\"2\"");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.etag()).isEqualTo("\"2\"");
    Answer reopened = reopen(id, "\"2\"");
    assertThat(reopened.etag()).isEqualTo("\"3\"");
    assertThat(reopened.json().get("status").textValue()).isEqualTo("todo");
  }

  @Test
  void aTaskInProgressStaysInProgressWhenReopened() {
    String id = id(create("{\"title\":\"t\",\"status\":\"in_progress\"}").json());

    assertThat(reopen(id, "*").json().get("status").textValue()).isEqualTo("in_progress");
  }

  @Test
  void aDeletedTaskIsGone() {
    String id = id(create("{\"title\":\"t\"}").json());

    Answer deleted = call("DELETE", "/v1/tasks/" + id).ifMatch("\"1\"").send();

    assertThat(deleted.status()).isEqualTo(204);
    assertThat(get(id).status()).isEqualTo(404);
    assertThat(call("DELETE", "/v1/tasks/" + id).ifMatch("*").send().status()).isEqualTo(404);
    assertThat(complete(id, "*").status()).isEqualTo(404);
  }

  @Test
  void everyWriteOfATaskAsksForItsVersion() {
    String id = id(create("{\"title\":\"t\"}").json());

    for (TestingApi.Call write : writes(id)) {
      assertThat(write.send().status()).isEqualTo(428);
    }
    for (TestingApi.Call write : writes(id)) {
      Answer answer = write.ifMatch("\"7\"").send();
      assertThat(answer.status()).isEqualTo(412);
      assertThat(answer.json().get("current_version").intValue()).isEqualTo(1);
    }
    for (TestingApi.Call write : writes(id)) {
      assertThat(write.ifMatch("1").send().status()).isEqualTo(400);
    }
    assertThat(get(id).etag()).isEqualTo("\"1\"");
  }

  @Test
  void anotherUsersTaskIsNotThere() {
    String id = id(create("{\"title\":\"t\"}").json());

    assertThat(api.call("GET", "/v1/tasks/" + id).as("other").send().status()).isEqualTo(404);
    for (TestingApi.Call write : writes(id)) {
      assertThat(write.as("other").ifMatch("\"1\"").send().status()).isEqualTo(404);
    }
    assertThat(
            api.call("GET", "/v1/tasks")
                .as("other")
                .send()
                .json()
                .get("items")
                .findValues("task_id"))
        .isEmpty();
    assertThat(get(id).etag()).isEqualTo("\"1\"");
  }

  @Test
  void aListIsReadInPagesNewestFirst() {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      created.add(0, id(create("{\"title\":\"t\"}").json()));
    }

    Answer first = call("GET", "/v1/tasks").query("limit", "3").send();
    Answer second =
        call("GET", "/v1/tasks").query("limit", "3").query("cursor", cursor(first)).send();

    assertThat(taskIds(first)).isEqualTo(created.subList(0, 3));
    assertThat(taskIds(second)).isEqualTo(created.subList(3, 5));
    assertThat(second.json().has("next_cursor")).isFalse();
  }

  @Test
  void aBrokenCursorIsNamed() {
    Answer answer = call("GET", "/v1/tasks").query("cursor", "bm90IGEgY3Vyc29y").send();

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/parameter").textValue()).isEqualTo("cursor");
  }

  @Test
  void aPatchChangesWhatItNamesAndSetsNullBackToItsDefault() {
    JsonNode task = create(FULL_BODY).json();
    now = now.plusSeconds(60);

    Answer patched =
        patch(
            id(task),
            "\"1\"",
            """
            {"status":"done","priority":null,"due_at":null,"time_zone":null,"labels":[],
             "metadata":{"b":null,"c":"d"},"description":null}""");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.etag()).isEqualTo("\"2\"");
    assertThat(patched.json().toString())
        .isEqualTo(
            """
            {"task_id":"%s","user_id":"%s","title":"Order the proofs","description":"",\
            "status":"done","priority":"normal","labels":[],"estimate_minutes":30,\
            "parent_id":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01",\
            "metadata":{"c":"d","supplier":"Ink & Co"},"created_at":"2026-11-20T09:00:00.123Z",\
            "updated_at":"2026-11-20T09:01:00.123Z","completed_at":"2026-11-20T09:01:00.123Z",\
            "version":2}"""
                .formatted(id(task), user));
    assertThat(get(id(task)).json()).isEqualTo(patched.json());
  }

  @Test
  void whatAPatchMakesMustKeepTheContract() {
    String id = id(create(FULL_BODY).json());

    assertThat(pointers(patch(id, "*", "{\"title\":null}"))).containsExactly("/title");
    assertThat(pointers(patch(id, "*", "{\"version\":5}"))).containsExactly("/version");
    assertThat(pointers(patch(id, "*", "{\"due_date\":\"2026-12-01\"}")))
        .containsExactly("/due_at");
    assertThat(pointers(patch(id, "*", "{\"parent_id\":\"%s\"}".formatted(id))))
        .containsExactly("/parent_id");
    assertThat(pointers(patch(id, "*", "{\"time_zone\":\"Mars\"}"))).containsExactly("/time_zone");
    assertThat(pointers(patch(id, "*", "[]"))).containsExactly("");
    assertThat(get(id).etag()).isEqualTo("\"1\"");
  }

  @Test
  void aPatchHasItsOwnMediaType() {
    String id = id(create("{\"title\":\"t\"}").json());

    Answer answer = call("PATCH", "/v1/tasks/" + id).ifMatch("*").json("{}").send();

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.json().get("detail").textValue())
        .isEqualTo("The body must be sent as application/merge-patch+json.");
  }

  @Test
  void whoHasTheCurrentVersionIsToldSo() {
    String id = id(create("{\"title\":\"t\"}").json());

    for (String known : List.of("\"1\"", "W/\"1\"", "*", "\"7\", \"1\"")) {
      Answer answer = call("GET", "/v1/tasks/" + id).header("If-None-Match", known).send();
      assertThat(answer.status()).as(known).isEqualTo(304);
      assertThat(answer.etag()).isEqualTo("\"1\"");
      assertThat(answer.body()).isNull();
    }
    assertThat(call("GET", "/v1/tasks/" + id).header("If-None-Match", "\"2\"").send().status())
        .isEqualTo(200);
    assertThat(call("GET", "/v1/tasks/" + id).header("If-None-Match", "1").send().status())
        .isEqualTo(400);
  }

  @Test
  void noUpdateIsLostAmongConcurrentOnes() throws Exception {
    // Given
    String id = id(create("{\"title\":\"0\"}").json());
    int threads = 64;

    // When: each counts the title up on the version it has read, until it has succeeded once.
    inParallel(
        threads,
        () -> {
          Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
          int status;
          do {
            assertThat(Instant.now()).isBefore(deadline);
            Answer read = get(id);
            int title = Integer.parseInt(read.json().get("title").textValue());
            Answer written = replace(id, read.etag(), "{\"title\":\"%d\"}".formatted(title + 1));
            status = written.status();
            assertThat(status).isIn(200, 412);
          } while (status != 200);
          return null;
        });

    // Then
    JsonNode task = get(id).json();
    assertThat(task.get("title").textValue()).isEqualTo(Integer.toString(threads));
    assertThat(task.get("version").intValue()).isEqualTo(threads + 1);
  }

  @Test
  void ofConcurrentWritesOnOneVersionOneWins() throws Exception {
    String id = id(create("{\"title\":\"t\"}").json());

    List<Integer> statuses =
        inParallel(16, () -> replace(id, "\"1\"", "{\"title\":\"u\"}").status());

    assertThat(statuses).containsOnly(200, 412).containsOnlyOnce(200);
    assertThat(get(id).etag()).isEqualTo("\"2\"");
  }

  @Test
  void writesOnAnyVersionAllSucceedInTheEnd() throws Exception {
    String id = id(create("{\"title\":\"t\"}").json());

    List<Integer> statuses = inParallel(4, () -> replace(id, "*", "{\"title\":\"u\"}").status());

    assertThat(statuses).containsOnly(200);
    assertThat(get(id).etag()).isEqualTo("\"5\"");
  }

  @Test
  void aTaskThatOthersKeepChangingAsksToTryAgain() {
    String id = id(create("{\"title\":\"t\"}").json());

    Answer answer =
        api(new ContendedDynamoDbClient(dynamoDb.client()), ids())
            .call("POST", "/v1/tasks/" + id + "/complete")
            .as(user)
            .ifMatch("*")
            .send();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsKey("Retry-After");
  }

  @Test
  void aCreationWhoseAnswerWasLostAndRepeatedSucceeds() {
    DynamoDbClient repeating = new RepeatingDynamoDbClient(dynamoDb.client());

    Answer created =
        api(repeating, ids()).call("POST", "/v1/tasks").as(user).json("{\"title\":\"t\"}").send();

    assertThat(created.status()).isEqualTo(201);
    assertThat(get(id(created.json())).json()).isEqualTo(created.json());
  }

  @Test
  void aTakenIdIsAnErrorAndLeavesTheTaskAlone() {
    JsonNode task = create("{\"title\":\"first\"}").json();

    Answer second =
        api(dynamoDb.client(), () -> id(task))
            .call("POST", "/v1/tasks")
            .as(user)
            .json("{\"title\":\"second\"}")
            .send();

    assertThat(second.status()).isEqualTo(500);
    assertThat(get(id(task)).json()).isEqualTo(task);
  }

  @Test
  void anItemWrittenPastTheApiDoesNotHideTheOthers() {
    String readable = id(create("{\"title\":\"t\"}").json());
    String broken = "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01";
    dynamoDb
        .client()
        .putItem(
            request ->
                request
                    .tableName(TABLE)
                    .item(
                        Map.of(
                            "user_id", AttributeValue.fromS(user),
                            "task_id", AttributeValue.fromS(broken),
                            "title", AttributeValue.fromN("5"))));

    assertThat(taskIds(call("GET", "/v1/tasks").send())).containsExactly(readable);
    assertThat(get(broken).status()).isEqualTo(500);
  }

  @Test
  void anEventOfTheRealRuntimeIsAnswered() throws IOException {
    PojoSerializer<APIGatewayV2HTTPEvent> events =
        LambdaEventSerializers.serializerFor(
            APIGatewayV2HTTPEvent.class, getClass().getClassLoader());
    PojoSerializer<APIGatewayV2HTTPResponse> responses =
        LambdaEventSerializers.serializerFor(
            APIGatewayV2HTTPResponse.class, getClass().getClassLoader());
    APIGatewayV2HTTPEvent event;
    try (InputStream in = getClass().getResourceAsStream("create-task-event.json")) {
      event = events.fromJson(in);
    }

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    responses.toJson(handler(dynamoDb.client(), ids()).handleRequest(event, null), out);

    JsonNode response = Json.MAPPER.readTree(out.toByteArray());
    assertThat(response.get("statusCode").intValue()).isEqualTo(201);
    assertThat(response.at("/headers/ETag").textValue()).isEqualTo("\"1\"");
    assertThat(response.get("isBase64Encoded").booleanValue()).isFalse();
    JsonNode task = Json.MAPPER.readTree(response.get("body").textValue());
    assertThat(task.get("user_id").textValue()).isEqualTo("7f8f2f0e-0a52-4a4e-9f3e-2f4b3f1f9f10");
  }

  private TestingApi api(DynamoDbClient client, Supplier<String> ids) {
    return new TestingApi(handler(client, ids));
  }

  private TasksHandler handler(DynamoDbClient client, Supplier<String> ids) {
    return new TasksHandler(TestingDynamoDb.CONFIG, TestingClients.of(client), () -> now, ids);
  }

  /** In order of creation also within a millisecond. */
  private static Supplier<String> ids() {
    var generator = Generators.timeBasedEpochGenerator();
    return () -> generator.generate().toString();
  }

  private TestingApi.Call call(String method, String path) {
    return api.call(method, path).as(user);
  }

  private Answer create(String body) {
    return call("POST", "/v1/tasks").json(body).send();
  }

  private Answer get(String id) {
    return call("GET", "/v1/tasks/" + id).send();
  }

  private Answer replace(String id, String ifMatch, String body) {
    return call("PUT", "/v1/tasks/" + id).ifMatch(ifMatch).json(body).send();
  }

  private Answer patch(String id, String ifMatch, String body) {
    return call("PATCH", "/v1/tasks/" + id)
        .ifMatch(ifMatch)
        .header("content-type", "application/merge-patch+json")
        .body(body)
        .send();
  }

  private static List<String> pointers(Answer answer) {
    assertThat(answer.status()).isEqualTo(422);
    return answer.json().get("errors").findValuesAsText("pointer");
  }

  private Answer complete(String id, String ifMatch) {
    return call("POST", "/v1/tasks/" + id + "/complete").ifMatch(ifMatch).send();
  }

  private Answer reopen(String id, String ifMatch) {
    return call("POST", "/v1/tasks/" + id + "/reopen").ifMatch(ifMatch).send();
  }

  private List<TestingApi.Call> writes(String id) {
    return List.of(
        call("PUT", "/v1/tasks/" + id).json("{\"title\":\"u\"}"),
        call("PATCH", "/v1/tasks/" + id)
            .header("content-type", "application/merge-patch+json")
            .body("{\"title\":\"u\"}"),
        call("DELETE", "/v1/tasks/" + id),
        call("POST", "/v1/tasks/" + id + "/complete"),
        call("POST", "/v1/tasks/" + id + "/reopen"));
  }

  private Map<String, AttributeValue> item(String id) {
    return dynamoDb
        .client()
        .getItem(request -> request.tableName(TABLE).key(TaskItem.key(user, id)))
        .item();
  }

  private static String id(JsonNode task) {
    return task.get("task_id").textValue();
  }

  private static String cursor(Answer page) {
    return page.json().get("next_cursor").textValue();
  }

  private static List<String> taskIds(Answer page) {
    return page.json().get("items").findValuesAsText("task_id");
  }

  private static <T> List<T> inParallel(int threads, Callable<T> action) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(executor.submit(action));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  /** Sends every write twice, like the SDK when it did not get the first answer. */
  private record RepeatingDynamoDbClient(DynamoDbClient client) implements DynamoDbClient {
    @Override
    public PutItemResponse putItem(PutItemRequest request) {
      client.putItem(request);
      return client.putItem(request);
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {
      // The client belongs to the test.
    }
  }

  /** Loses every race: another write always came first. */
  private record ContendedDynamoDbClient(DynamoDbClient client) implements DynamoDbClient {
    @Override
    public GetItemResponse getItem(GetItemRequest request) {
      return client.getItem(request);
    }

    @Override
    public PutItemResponse putItem(PutItemRequest request) {
      Map<String, AttributeValue> current =
          client
              .getItem(
                  get ->
                      get.tableName(request.tableName())
                          .key(
                              TaskItem.key(
                                  request.item().get("user_id").s(),
                                  request.item().get("task_id").s())))
              .item();
      throw ConditionalCheckFailedException.builder().item(current).build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {
      // The client belongs to the test.
    }
  }
}
