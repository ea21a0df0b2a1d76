package io.plotpalette.api.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.DyingDynamoDbClient;
import io.plotpalette.api.DyingDynamoDbClient.Killed;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

class AsyncWritesIT {
  private static final String CREATE = "{\"op\":\"create\",\"task\":{\"title\":\"t\"}}";

  private static TestingDynamoDb dynamoDb;

  private final String user = UUID.randomUUID().toString();
  private final TestingQueue queue = new TestingQueue();
  private Instant now = Instant.parse("2026-11-20T09:00:00Z");
  private final TestingApi api =
      new TestingApi(
          new TasksHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(dynamoDb.client(), queue),
              () -> now,
              TaskIds.timeOrdered()));
  private final TaskWritesHandler worker = worker(dynamoDb.client());

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    dynamoDb.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"respond-async", "return=minimal, Respond-Async; foo=1 , wait=5"})
  void aTaskCanBeCreatedLater(String preference) {
    // When
    Answer accepted =
        api.call("POST", "/v1/tasks")
            .as(user)
            .header("prefer", preference)
            .json("{\"title\":\"Call the printer\"}")
            .send();

    // Then
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.headers()).containsEntry("Preference-Applied", "respond-async");
    assertThat(accepted.json().get("status").textValue()).isEqualTo("pending");
    assertThat(list()).isEmpty();
    Answer pending = status(accepted);
    assertThat(pending.json()).isEqualTo(accepted.json());
    assertThat(pending.headers()).containsEntry("Retry-After", "1");

    queue.drainTo(worker);
    Answer done = status(accepted);
    assertThat(done.json().get("status").textValue()).isEqualTo("done");
    assertThat(done.headers()).doesNotContainKey("Retry-After");
    assertThat(done.json().at("/results/0/status").intValue()).isEqualTo(201);
    assertThat(list()).containsExactly(done.json().at("/results/0/task_id").textValue());
  }

  @Test
  void aLargeBatchIsRunLaterAndSaysWhatBecameOfEachOperation() {
    // Given
    String changed = created();
    String deleted = created();
    String unknown = UUID.randomUUID().toString();
    List<String> operations = new ArrayList<>(Collections.nCopies(22, CREATE));
    operations.add(update(changed, "\\\"1\\\"", "{\"status\":\"done\"}"));
    operations.add(update(changed, "\\\"1\\\"", "{\"status\":\"todo\"}"));
    operations.add(update(changed, "*", "{\"title\":\"\"}"));
    operations.add("{\"op\":\"delete\",\"task_id\":\"%s\",\"if_match\":\"*\"}".formatted(deleted));
    operations.add("{\"op\":\"delete\",\"task_id\":\"%s\",\"if_match\":\"*\"}".formatted(unknown));

    // When
    Answer accepted = batch(operations);
    queue.drainTo(worker);

    // Then
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.headers()).doesNotContainKey("Preference-Applied");
    JsonNode results = status(accepted).json().get("results");
    assertThat(results).hasSize(27);
    assertThat(results.valueStream().map(result -> result.get("status").intValue()).skip(21))
        .containsExactly(201, 200, 412, 422, 204, 404);
    assertThat(results.at("/23/problem/current_version").intValue()).isEqualTo(2);
    assertThat(results.at("/24/problem/errors/0/pointer").textValue()).isEqualTo("/title");
    assertThat(results.at("/25").has("version")).isFalse();
    assertThat(list()).hasSize(23).contains(changed).doesNotContain(deleted);
  }

  @Test
  void twentyFiveOperationsAreStillAnsweredAtOnce() {
    assertThat(batch(Collections.nCopies(25, CREATE)).status()).isEqualTo(200);
    assertThat(batch(Collections.nCopies(26, CREATE)).status()).isEqualTo(202);
    assertThat(
            api.call("POST", "/v1/tasks/batch")
                .as(user)
                .header("Prefer", "respond-async")
                .json(body(List.of(CREATE)))
                .send()
                .status())
        .isEqualTo(202);
  }

  @Test
  void whatBreaksTheContractIsRefusedBeforeItIsQueued() {
    List<String> operations = new ArrayList<>(Collections.nCopies(26, CREATE));
    operations.set(3, "{\"op\":\"create\",\"task\":{\"colour\":1}}");
    operations.set(5, update(UUID.randomUUID().toString(), "nonsense", "{}"));
    operations.set(
        7,
        update(UUID.randomUUID().toString(), "*", "{\"x\":\"%s\"}".formatted("y".repeat(200_000))));

    Answer refused = batch(operations);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().get("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder(
            "/operations/3/task/title",
            "/operations/3/task/colour",
            "/operations/5/if_match",
            "/operations/7");
    assertThat(
            api.call("POST", "/v1/tasks")
                .as(user)
                .header("Prefer", "respond-async")
                .json("{\"title\":\"t\",\"time_zone\":\"Mars\"}")
                .send()
                .status())
        .isEqualTo(422);
    assertThat(queue.bodies()).isEmpty();
  }

  @Test
  void aBatchLargerThanAMessageGoesInSeveralAndItsResultsComeTogether() throws Exception {
    // Given
    String large =
        "{\"op\":\"create\",\"task\":{\"title\":\"t\",\"description\":\"%s\"}}"
            .formatted("\uD83D\uDE00".repeat(9_000));

    // When
    Answer accepted = batch(Collections.nCopies(30, large));

    // Then
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(queue.bodies())
        .hasSizeBetween(5, 6)
        .allSatisfy(body -> assertThat(body.getBytes(UTF_8)).hasSizeLessThan(262_144));

    // When
    ExecutorService workers = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> deliveries = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        deliveries.add(workers.submit(() -> queue.deliverOnce(worker)));
      }
      for (Future<?> delivery : deliveries) {
        delivery.get();
      }
    } finally {
      workers.shutdownNow();
    }
    queue.drainTo(worker);

    // Then
    JsonNode results = status(accepted).json().get("results");
    assertThat(results.findValuesAsText("task_id")).hasSize(30).doesNotHaveDuplicates();
    assertThat(list()).containsExactlyInAnyOrderElementsOf(results.findValuesAsText("task_id"));
  }

  @Test
  void aWorkerThatDiesBetweenAWriteAndItsAnswerWritesNothingTwice() {
    // Given
    String changed = created();
    String deleted = created();
    List<String> operations = new ArrayList<>(Collections.nCopies(23, CREATE));
    operations.add(update(changed, "\\\"1\\\"", "{\"status\":\"done\"}"));
    operations.add(update(changed, "*", "{\"description\":\"d\"}"));
    operations.add("{\"op\":\"delete\",\"task_id\":\"%s\",\"if_match\":\"*\"}".formatted(deleted));
    Answer accepted = batch(operations);
    String message = queue.bodies().get(0);

    // When it dies behind every single write
    int deaths = 0;
    for (int deliveries = 0; !queue.bodies().isEmpty(); deliveries++) {
      assertThat(deliveries).isLessThan(50);
      try {
        queue.deliverOnce(worker(dying(afterTransaction(1))));
      } catch (Killed e) {
        deaths++;
      }
    }

    // Then
    assertThat(deaths).isEqualTo(26);
    JsonNode results = status(accepted).json().get("results");
    assertThat(results.valueStream().map(result -> result.get("status").intValue()).skip(22))
        .containsExactly(201, 200, 200, 204);
    assertThat(results.at("/24/version").intValue()).isEqualTo(3);
    assertThat(task(changed).get("version").intValue()).isEqualTo(3);
    assertThat(list()).hasSize(24);

    // When the user goes on, and the queue delivers once more
    String first = results.at("/0/task_id").textValue();
    api.call("DELETE", "/v1/tasks/" + first).as(user).ifMatch("*").send();
    queue.sendMessage(request -> request.messageBody(message));
    queue.drainTo(worker);

    // Then
    assertThat(list()).hasSize(23).doesNotContain(first);
    assertThat(task(changed).get("version").intValue()).isEqualTo(3);
    assertThat(status(accepted).json().get("results")).isEqualTo(results);
  }

  @Test
  void aFailureThatPassesIsTriedAgainAndTheOtherMessagesAreDone() {
    // Given
    Answer accepted = batch(Collections.nCopies(26, CREATE));
    Answer other = createLater("k");
    int[] writes = {0};

    // When
    List<String> failed =
        queue.deliverOnce(
            worker(
                dying(
                    request -> {
                      if (request instanceof TransactWriteItemsRequest && ++writes[0] == 10) {
                        throw InternalServerErrorException.builder().statusCode(500).build();
                      }
                    })));

    // Then
    assertThat(failed).hasSize(1);
    assertThat(status(accepted).json().get("finished").intValue()).isEqualTo(10);
    assertThat(status(other).json().get("status").textValue()).isEqualTo("done");
    queue.drainTo(worker);
    assertThat(status(accepted).json().get("status").textValue()).isEqualTo("done");
    assertThat(list()).hasSize(27);
  }

  @Test
  void anAcceptedRequestSentAgainUnderItsKeyIsAcceptedOnce() {
    Answer first = createLater("key");

    assertThat(createLater("key")).isEqualTo(first);
    queue.drainTo(worker);
    assertThat(createLater("key")).isEqualTo(first);
    assertThat(list()).hasSize(1);
  }

  @Test
  void aRequestAcceptedByAFunctionThatDiedIsTheSameWhenItIsSentAgain() {
    // Given
    queue.refuse(
        message -> {
          queue.refuse(next -> false);
          queue.sendMessage(message);
          throw new Killed();
        });

    // When
    assertThatThrownBy(() -> createLater("key")).isInstanceOf(Killed.class);
    now = now.plusSeconds(31);
    Answer accepted = createLater("key");

    // Then
    assertThat(queue.bodies()).hasSize(2);
    queue.drainTo(worker);
    assertThat(list())
        .containsExactly(status(accepted).json().at("/results/0/task_id").textValue());
  }

  @Test
  void whatTheQueueDoesNotTakeIsNotAcceptedAtAll() {
    // Given
    queue.refuse(request -> true);

    // When
    Answer refused = createLater("key");

    // Then
    assertThat(refused.status()).isEqualTo(503);
    assertThat(requestItems()).isZero();
    queue.refuse(request -> false);
    Answer accepted = createLater("key");
    assertThat(accepted.status()).isEqualTo(202);
    queue.drainTo(worker);
    assertThat(list()).hasSize(1);
  }

  @Test
  void aBatchOfWhichTheQueueTookAPartComesToNothing() {
    // Given
    String large =
        "{\"op\":\"create\",\"task\":{\"title\":\"t\",\"description\":\"%s\"}}"
            .formatted("x".repeat(9_900));
    queue.refuse(request -> queue.bodies().size() == 2);

    // When
    Answer refused = batch(Collections.nCopies(80, large));

    // Then
    assertThat(refused.status()).isEqualTo(503);
    assertThat(queue.bodies()).hasSize(2);
    assertThat(requestItems()).isZero();
    queue.drainTo(worker);
    assertThat(list()).isEmpty();
  }

  @Test
  void aPartThatIsDeliveredBeforeTheLastIsSentWaits() {
    // Given
    String large =
        "{\"op\":\"create\",\"task\":{\"title\":\"t\",\"description\":\"%s\"}}"
            .formatted("x".repeat(9_900));
    List<List<String>> putOff = new ArrayList<>();
    queue.refuse(
        request -> {
          if (queue.bodies().size() == 1) {
            putOff.add(queue.deliverOnce(worker));
          }
          return false;
        });

    // When
    Answer accepted = batch(Collections.nCopies(40, large));

    // Then
    assertThat(putOff).singleElement().satisfies(ids -> assertThat(ids).hasSize(1));
    queue.drainTo(worker);
    assertThat(status(accepted).json().get("results")).hasSize(40);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret",
        "{}",
        "[]",
        "{\"kind\":\"writes\",\"user_id\":\"u\",\"request_id\":\"secret\",\"first\":0}",
        """
        {"kind":"writes","user_id":"u","request_id":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01","first":0,
         "operations":[{"op":"secret"}]}""",
        """
        {"kind":"secret","user_id":"u","request_id":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01","first":0,
         "operations":[]}"""
      })
  void whatIsNoMessageIsReportedByIdAndNotRepeatedInTheLog(String poison) {
    // Given
    createLater("key");
    String id = queue.sendMessage(request -> request.messageBody(poison)).messageId();
    Logger logger = (Logger) LoggerFactory.getLogger(TaskWritesHandler.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);

    // When
    List<String> failed = queue.deliverOnce(worker);
    logger.detachAppender(lines);

    // Then
    assertThat(failed).containsExactly(id);
    assertThat(list()).hasSize(1);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains(id))
        .noneMatch(line -> line.contains("secret"));
  }

  @Test
  void aRequestIsItsOwnersAndIsKnownForADay() {
    Answer accepted = createLater("key");
    String location = accepted.headers().get("Location");

    assertThat(api.call("GET", location).as("eve").send().status()).isEqualTo(404);
    now = now.plus(Duration.ofHours(24));
    assertThat(api.call("GET", location).as(user).send().status()).isEqualTo(404);
    queue.drainTo(worker);
    assertThat(list()).isEmpty();
  }

  @Test
  void nothingIsWrittenForAUserWhoHasLeft() {
    // Given
    createLater("key");
    new TaskEraser(dynamoDb.client(), TestingDynamoDb.CONFIG, () -> now).erase(user, () -> true);

    // When
    queue.drainTo(worker);

    // Then
    assertThat(list()).isEmpty();
  }

  /** How many requests of the user the table knows. */
  private long requestItems() {
    return dynamoDb
        .client()
        .scan(request -> request.tableName(TestingDynamoDb.CONFIG.idempotencyTable()))
        .items()
        .stream()
        .filter(item -> item.get("request_key").s().startsWith(user + "#GET /v1/requests/"))
        .count();
  }

  private TaskWritesHandler worker(DynamoDbClient client) {
    return new TaskWritesHandler(
        TestingDynamoDb.CONFIG, TestingClients.of(client, queue), () -> now);
  }

  private static DynamoDbClient dying(Consumer<DynamoDbRequest> afterCall) {
    return new DyingDynamoDbClient(dynamoDb.client(), afterCall);
  }

  private static Consumer<DynamoDbRequest> afterTransaction(int number) {
    int[] transactions = {0};
    return request -> {
      if (request instanceof TransactWriteItemsRequest && ++transactions[0] == number) {
        throw new Killed();
      }
    };
  }

  private Answer createLater(String key) {
    return api.call("POST", "/v1/tasks")
        .as(user)
        .header("Prefer", "respond-async")
        .header("Idempotency-Key", key)
        .json("{\"title\":\"t\"}")
        .send();
  }

  private Answer batch(List<String> operations) {
    return api.call("POST", "/v1/tasks/batch").as(user).json(body(operations)).send();
  }

  private static String body(List<String> operations) {
    return "{\"operations\":[%s]}".formatted(String.join(",", operations));
  }

  private static String update(String id, String ifMatch, String patch) {
    return "{\"op\":\"update\",\"task_id\":\"%s\",\"if_match\":\"%s\",\"patch\":%s}"
        .formatted(id, ifMatch, patch);
  }

  private String created() {
    Answer answer = api.call("POST", "/v1/tasks").as(user).json("{\"title\":\"t\"}").send();
    return answer.json().get("task_id").textValue();
  }

  private Answer status(Answer accepted) {
    Answer answer = api.call("GET", accepted.headers().get("Location")).as(user).send();
    assertThat(answer.status()).isEqualTo(200);
    return answer;
  }

  private JsonNode task(String id) {
    return api.call("GET", "/v1/tasks/" + id).as(user).send().json();
  }

  private List<String> list() {
    return api.call("GET", "/v1/tasks")
        .as(user)
        .query("limit", "100")
        .send()
        .json()
        .get("items")
        .valueStream()
        .map(task -> task.get("task_id").textValue())
        .toList();
  }
}
