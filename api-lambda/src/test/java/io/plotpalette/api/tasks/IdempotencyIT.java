package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.uuid.Generators;
import io.plotpalette.api.DyingDynamoDbClient;
import io.plotpalette.api.DyingDynamoDbClient.Killed;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

class IdempotencyIT {
  private static final String BODY = "{\"title\":\"t\"}";

  private static TestingDynamoDb dynamoDb;

  private final String user = UUID.randomUUID().toString();
  private Instant now = Instant.parse("2026-11-20T09:00:00Z");
  private final TestingApi api = api(dynamoDb.client());
  private final TestingApi dyingApi = api(dyingAfterTransaction(1));

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    dynamoDb.close();
  }

  @Test
  void aHundredEqualRequestsAtOnceMakeOneTask() throws Exception {
    assertThatAHundredMakeOneTask(api);
  }

  /** So that the test before cannot pass by itself. */
  @Test
  void withAStoreThatForgetsAHundredEqualRequestsMakeATaskEach() {
    TestingApi forgetting =
        api(
            new ForgettingDynamoDbClient(
                dynamoDb.client(), TestingDynamoDb.CONFIG.idempotencyTable()));

    assertThatThrownBy(() -> assertThatAHundredMakeOneTask(forgetting))
        .isInstanceOf(AssertionError.class);
    assertThat(tasks()).hasSize(100);
  }

  private void assertThatAHundredMakeOneTask(TestingApi to) throws Exception {
    List<Answer> answers = hundredAtOnce(() -> create(to, "key", BODY));

    assertThat(answers).extracting(Answer::status).containsOnly(201, 409);
    assertThat(answers.stream().filter(answer -> answer.status() == 201).distinct()).hasSize(1);
    assertThat(create(to, "key", BODY)).isIn(answers);
    assertThat(tasks()).hasSize(1);
  }

  @Test
  void theFirstAnswerIsGivenAgainWithItsStatusAndHeaders() {
    Answer first = create(api, "key", BODY);
    now = now.plus(Duration.ofHours(23));

    Answer second = create(api, "key", "{ \"title\" : \"t\" }");

    assertThat(second).isEqualTo(first);
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.headers()).containsKeys("ETag", "Location");
    assertThat(tasks()).hasSize(1);
  }

  @Test
  void aDayLaterTheKeyIsFreeAlsoWhenTheItemIsStillThere() {
    create(api, "key", BODY);
    now = now.plus(Duration.ofHours(24));

    assertThat(create(api, "key", "{\"title\":\"other\"}").status()).isEqualTo(201);
    assertThat(tasks()).hasSize(2);
  }

  @Test
  void anotherRequestUnderTheSameKeyIsRefused() {
    String id = create(api, "key", BODY).json().get("task_id").textValue();
    String other = create(api, "other", BODY).json().get("task_id").textValue();
    complete(id, "key", "\"1\"");

    for (Answer answer :
        List.of(
            create(api, "key", "{\"title\":\"u\"}"),
            complete(other, "key", "\"1\""),
            complete(id, "key", "\"2\""))) {
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.json().get("type").textValue())
          .isEqualTo("urn:plot-palette:problem:idempotency-key-reused");
    }
  }

  @Test
  void keysOfUsersAndRoutesDoNotMeet() {
    String id = create(api, "key", BODY).json().get("task_id").textValue();

    assertThat(complete(id, "key", "*").status()).isEqualTo(200);
    assertThat(
            api.call("POST", "/v1/tasks")
                .as("somebody-else-" + user)
                .header("Idempotency-Key", "key")
                .json("{\"title\":\"u\"}")
                .send()
                .status())
        .isEqualTo(201);
  }

  @Test
  void aCompletionSentAgainIsNotRefusedForTheVersionItMade() {
    String id = create(api, "key", BODY).json().get("task_id").textValue();

    Answer first = complete(id, "c", "\"1\"");

    assertThat(first.etag()).isEqualTo("\"2\"");
    assertThat(complete(id, "c", "\"1\"")).isEqualTo(first);
  }

  @Test
  void aRefusalIsKeptToo() {
    String id = create(api, "key", BODY).json().get("task_id").textValue();

    Answer refused = complete(id, "c", "\"7\"");
    complete(id, "d", "*");

    assertThat(refused.status()).isEqualTo(412);
    assertThat(complete(id, "c", "\"7\"")).isEqualTo(refused);
  }

  @Test
  void aBodyThatBreaksTheContractDoesNotUseUpTheKey() {
    assertThat(create(api, "key", "{}").status()).isEqualTo(422);

    assertThat(create(api, "key", BODY).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "ü", "a\n"})
  void aMalformedKeyIsNamed(String key) {
    Answer answer = create(api, key, BODY);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/parameter").textValue()).isEqualTo("Idempotency-Key");
  }

  @Test
  void aRequestWhoseWriteFailedCanBeSentAgainAtOnce() {
    TestingApi failing =
        api(
            new FailingDynamoDbClient(
                dynamoDb.client(),
                TestingDynamoDb.CONFIG.tasksTable(),
                client -> {
                  throw InternalServerErrorException.builder().statusCode(500).build();
                }));

    assertThat(create(failing, "key", BODY).status()).isEqualTo(503);
    assertThat(create(api, "key", BODY).status()).isEqualTo(201);
    assertThat(tasks()).hasSize(1);
  }

  @Test
  void aTaskWhoseAnswerCouldNotBeKeptIsCreatedOnceAllTheSame() {
    // The second write of the store, after its lock and the task, is the answer.
    int[] writes = {0};
    TestingApi failing =
        api(
            new FailingDynamoDbClient(
                dynamoDb.client(),
                TestingDynamoDb.CONFIG.idempotencyTable(),
                client -> {
                  if (++writes[0] == 2) {
                    throw InternalServerErrorException.builder().statusCode(500).build();
                  }
                }));

    assertThat(create(failing, "key", BODY).status()).isEqualTo(503);
    assertThat(create(api, "key", BODY).status()).isEqualTo(409);
    now = now.plusSeconds(31);
    Answer again = create(api, "key", BODY);

    assertThat(again.status()).isEqualTo(201);
    assertThat(tasks()).containsExactly(again.json().get("task_id").textValue());
  }

  @Test
  void aCompletionWhoseFunctionDiedBetweenWriteAndAnswerIsAnsweredAsIfItHadNot() {
    String id = create(api, "key", BODY).json().get("task_id").textValue();

    assertThatThrownBy(() -> complete(dyingApi, id, "c", "\"1\"")).isInstanceOf(Killed.class);
    now = now.plusSeconds(31);
    Answer again = complete(id, "c", "\"1\"");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.etag()).isEqualTo("\"2\"");
    assertThat(again.json().get("status").textValue()).isEqualTo("done");
    assertThat(complete(id, "c", "\"1\"")).isEqualTo(again);
    assertThat(version(id)).isEqualTo(2);
  }

  @Test
  void aReopeningThatIsRunAgainDoesNotUndoWhatCameAfterIt() {
    String id =
        create(api, "key", "{\"title\":\"t\",\"status\":\"done\"}")
            .json()
            .get("task_id")
            .textValue();

    assertThatThrownBy(() -> reopen(dyingApi, id)).isInstanceOf(Killed.class);
    complete(id, "c", "*");
    now = now.plusSeconds(31);
    Answer again = reopen(api, id);

    assertThat(again.etag()).isEqualTo("\"2\"");
    assertThat(again.json().get("status").textValue()).isEqualTo("todo");
    assertThat(version(id)).isEqualTo(3);
  }

  @Test
  void aCompletionThatIsRunAgainGivesTheVersionItMadeAlsoWhenTheTaskIsDoneAgain() {
    String id = create(api, "key", BODY).json().get("task_id").textValue();

    assertThatThrownBy(() -> complete(dyingApi, id, "c", "*")).isInstanceOf(Killed.class);
    reopen(api, id);
    complete(id, "d", "*");
    now = now.plusSeconds(31);

    assertThat(complete(id, "c", "*").etag()).isEqualTo("\"2\"");
    assertThat(version(id)).isEqualTo(4);
  }

  @Test
  void aBatchWhoseFunctionDiedInTheMiddleIsFinishedAndAnsweredInFull() {
    String id = create(api, "key", BODY).json().get("task_id").textValue();
    String body =
        """
        {"operations":[{"op":"create","task":{"title":"a"}},
         {"op":"update","task_id":"%1$s","if_match":"\\"1\\"","patch":{"status":"done"}},
         {"op":"update","task_id":"%1$s","if_match":"\\"2\\"","patch":{"title":"b"}},
         {"op":"delete","task_id":"%1$s","if_match":"\\"3\\""}]}"""
            .formatted(id);
    for (String operation : List.of("create", "update", "update", "delete")) {
      TestingApi dying = api(dyingAfterTransaction(1));
      assertThatThrownBy(() -> batch(dying, body)).as(operation).isInstanceOf(Killed.class);
      now = now.plusSeconds(31);
    }

    Answer answer = batch(api, body);

    assertThat(answer.json().get("results").findValuesAsText("status"))
        .containsExactly("201", "200", "200", "204");
    assertThat(tasks()).containsExactly(answer.json().at("/results/0/task_id").textValue());
  }

  private int version(String id) {
    return api.call("GET", "/v1/tasks/" + id).as(user).send().json().get("version").intValue();
  }

  private DynamoDbClient dyingAfterTransaction(int number) {
    int[] transactions = {0};
    return new DyingDynamoDbClient(
        dynamoDb.client(),
        request -> {
          if (request instanceof TransactWriteItemsRequest && ++transactions[0] == number) {
            throw new Killed();
          }
        });
  }

  private Answer batch(TestingApi to, String body) {
    return to.call("POST", "/v1/tasks/batch")
        .as(user)
        .header("Idempotency-Key", "batch")
        .json(body)
        .send();
  }

  private Answer reopen(TestingApi to, String id) {
    return to.call("POST", "/v1/tasks/" + id + "/reopen")
        .as(user)
        .header("Idempotency-Key", "reopen")
        .ifMatch("*")
        .send();
  }

  private TestingApi api(DynamoDbClient client) {
    return new TestingApi(
        new TasksHandler(TestingDynamoDb.CONFIG, TestingClients.of(client), () -> now, ids()));
  }

  private static List<Answer> hundredAtOnce(Callable<Answer> request) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService callers = Executors.newFixedThreadPool(100);
    try {
      List<Future<Answer>> futures = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        futures.add(
            callers.submit(
                () -> {
                  start.await();
                  return request.call();
                }));
      }
      start.countDown();
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> future : futures) {
        answers.add(future.get());
      }
      return answers;
    } finally {
      callers.shutdownNow();
    }
  }

  private Answer create(TestingApi to, String key, String body) {
    return to.call("POST", "/v1/tasks").as(user).header("idempotency-key", key).json(body).send();
  }

  private Answer complete(String id, String key, String ifMatch) {
    return complete(api, id, key, ifMatch);
  }

  private Answer complete(TestingApi to, String id, String key, String ifMatch) {
    return to.call("POST", "/v1/tasks/" + id + "/complete")
        .as(user)
        .header("idempotency-key", key)
        .ifMatch(ifMatch)
        .send();
  }

  private List<String> tasks() {
    return api.call("GET", "/v1/tasks")
        .as(user)
        .query("limit", "100")
        .send()
        .json()
        .get("items")
        .findValuesAsText("task_id");
  }

  private static Supplier<String> ids() {
    var generator = Generators.timeBasedEpochGenerator();
    return () -> generator.generate().toString();
  }

  /** Says that it has written to one table, and has not. */
  private record ForgettingDynamoDbClient(DynamoDbClient client, String table)
      implements DynamoDbClient {
    @Override
    public PutItemResponse putItem(PutItemRequest request) {
      return request.tableName().equals(table)
          ? PutItemResponse.builder().build()
          : client.putItem(request);
    }

    @Override
    public QueryResponse query(QueryRequest request) {
      return client.query(request);
    }

    @Override
    public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
      return client.transactWriteItems(request);
    }

    @Override
    public String serviceName() {
      return client.serviceName();
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** Asks before every write of one table whether it may be made. */
  private record FailingDynamoDbClient(
      DynamoDbClient client, String table, Consumer<DynamoDbClient> gate)
      implements DynamoDbClient {
    @Override
    public PutItemResponse putItem(PutItemRequest request) {
      if (request.tableName().equals(table)) {
        gate.accept(client);
      }
      return client.putItem(request);
    }

    @Override
    public QueryResponse query(QueryRequest request) {
      return client.query(request);
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
