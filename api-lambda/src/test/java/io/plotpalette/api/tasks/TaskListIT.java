package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.uuid.Generators;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.model.task.Task;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

class TaskListIT {
  private static final Instant START = Instant.parse("2026-11-20T09:00:00Z");

  private static TestingDynamoDb dynamoDb;

  private final String user = UUID.randomUUID().toString();
  private Instant now = START;
  private final TestingApi api =
      new TestingApi(
          new TasksHandler(
              TestingDynamoDb.CONFIG, TestingClients.of(dynamoDb.client()), () -> now, ids()));

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    dynamoDb.close();
  }

  @ParameterizedTest
  @CsvSource({
    "status, done, B",
    "priority, urgent, C",
    "label, print, AD",
    "q, PRINTER, AC",
    "parent_id, 019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01, D",
    "due_from, 2026-12-02T00:00:00Z, CD",
    "due_to, 2026-12-02T00:00:00Z, A",
    "sort, due, ACD",
  })
  void aListShowsWhatTheFilterSays(String parameter, String value, String expected) {
    fourTasks();

    assertThat(titles(Map.of(parameter, value, "direction", "asc"))).isEqualTo(expected);
  }

  @Test
  void filtersAreJoined() {
    fourTasks();

    assertThat(titles(Map.of("label", "print", "q", "printer"))).isEqualTo("A");
    assertThat(titles(Map.of("label", "prin"))).isEmpty();
    assertThat(
            titles(
                Map.of(
                    "due_from", "2026-12-01T23:59:59.999Z", "due_to", "2026-12-03T17:00:00+01:00")))
        .isEqualTo("A");
    assertThat(
            titles(
                Map.of(
                    "sort", "due",
                    "due_from", "2026-12-01T23:59:59.999Z",
                    "due_to", "2026-12-03T17:00:00.001+01:00")))
        .isEqualTo("CA");
    assertThat(titles(Map.of("sort", "due", "due_to", "2026-12-03T16:00:00Z"))).isEqualTo("A");
  }

  @ParameterizedTest
  @CsvSource({
    "created, desc, DCBA",
    "created, asc, ABCD",
    "updated, desc, ADCB",
    "updated, asc, BCDA",
    "due, desc, DCA"
  })
  void aListIsSortedAsAskedFor(String sort, String direction, String expected) {
    String first = fourTasks();
    now = now.plusSeconds(60);
    api.call("POST", "/v1/tasks/" + first + "/reopen").as(user).ifMatch("*").send();
    api.call("PATCH", "/v1/tasks/" + first)
        .as(user)
        .ifMatch("*")
        .header("content-type", "application/merge-patch+json")
        .body("{}")
        .send();

    for (String limit : List.of("1", "3", "100")) {
      assertThat(titles(Map.of("sort", sort, "direction", direction, "limit", limit)))
          .as("pages of " + limit)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"status, done", "sort, updated", "direction, asc", "q, t"})
  void aCursorBelongsToItsList(String parameter, String value) {
    fourTasks();
    String cursor =
        api.call("GET", "/v1/tasks")
            .as(user)
            .query("limit", "1")
            .send()
            .json()
            .get("next_cursor")
            .textValue();

    Answer answer =
        api.call("GET", "/v1/tasks")
            .as(user)
            .query("cursor", cursor)
            .query(parameter, value)
            .send();

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/parameter").textValue()).isEqualTo("cursor");
  }

  @ParameterizedTest
  @CsvSource({
    "due_from, 2026-12-01T00:00:00Z, due_to, 2026-12-01T00:00:00Z, due_to",
    "due_from, 2026-13-01T00:00:00Z, limit, 1, due_from",
    "due_to, 0000-12-01T00:00:00Z, limit, 1, due_to",
    "sort, title, limit, 1, sort"
  })
  void whatCannotBeAskedForIsNamed(
      String name, String value, String other, String otherValue, String wrong) {
    Answer answer =
        api.call("GET", "/v1/tasks").as(user).query(name, value).query(other, otherValue).send();

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/parameter").textValue()).isEqualTo(wrong);
  }

  @Test
  void aFilterThatShowsLittleReadsABoundedNumberOfTasks() {
    write(2_100, i -> i == 0 ? "needle" : "hay");
    CountingDynamoDbClient counting = new CountingDynamoDbClient(dynamoDb.client());
    TestingApi counted =
        new TestingApi(
            new TasksHandler(
                TestingDynamoDb.CONFIG, TestingClients.of(counting), () -> now, ids()));

    Answer first = counted.call("GET", "/v1/tasks").as(user).query("q", "needle").send();

    assertThat(counting.queries).hasValueLessThanOrEqualTo(4);
    assertThat(first.json().get("items")).isEmpty();
    assertThat(titles(Map.of("q", "needle"))).isEqualTo("needle");
  }

  @Test
  void aPageOfAFilteredListEndsWhereItIsFull() {
    write(1_200, i -> i % 3 == 0 ? "needle" : "hay");

    List<String> seen = ids(api, Map.of("q", "NEEDLE", "limit", "37"));

    assertThat(seen).hasSize(400).doesNotHaveDuplicates();
  }

  @Test
  void whatExistsThroughoutIsOnExactlyOnePageWhileOthersComeAndGo() throws Exception {
    // Given
    List<Task> tasks = write(5_000, i -> "t");
    Set<String> stable = new HashSet<>();
    List<String> doomed = new ArrayList<>();
    for (Task task : tasks) {
      boolean isDoomed = doomed.size() < 500 && stable.size() >= 9 * doomed.size();
      (isDoomed ? doomed : stable).add(task.taskId());
    }

    // When
    ExecutorService writers = Executors.newFixedThreadPool(2);
    List<String> seen;
    AtomicInteger written = new AtomicInteger();
    try {
      Future<?> additions =
          writers.submit(
              () -> {
                for (int i = 0; i < 500; i++) {
                  assertThat(create("{\"title\":\"late\"}").status()).isEqualTo(201);
                  written.incrementAndGet();
                }
              });
      Future<?> removals =
          writers.submit(
              () -> {
                for (String id : doomed) {
                  int status =
                      api.call("DELETE", "/v1/tasks/" + id).as(user).ifMatch("*").send().status();
                  assertThat(status).isEqualTo(204);
                  written.incrementAndGet();
                }
              });
      seen = ids(api, Map.of("limit", "20"));
      additions.get();
      removals.get();
    } finally {
      writers.shutdownNow();
    }

    // Then
    assertThat(written).hasValue(1_000);
    assertThat(seen).doesNotHaveDuplicates().containsAll(stable);
  }

  /** A to D, a minute apart; returns the id of A. */
  private String fourTasks() {
    String first =
        create("{\"title\":\"A printer\",\"labels\":[\"x\",\"print\"],\"due_date\":\"2026-12-01\"}")
            .json()
            .get("task_id")
            .textValue();
    now = now.plusSeconds(60);
    create("{\"title\":\"B\",\"status\":\"done\"}");
    now = now.plusSeconds(60);
    create(
        "{\"title\":\"C Printers\",\"priority\":\"urgent\",\"due_at\":\"2026-12-03T17:00:00+01:00\"}");
    now = now.plusSeconds(60);
    create(
        """
        {"title":"D","labels":["print"],"due_date":"2026-12-05",
         "parent_id":"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01"}""");
    return first;
  }

  private Answer create(String body) {
    return api.call("POST", "/v1/tasks").as(user).json(body).send();
  }

  /** The first words of the titles on all pages. */
  private String titles(Map<String, String> query) {
    StringBuilder titles = new StringBuilder();
    for (Answer page : pages(api, query)) {
      page.json()
          .get("items")
          .forEach(task -> titles.append(task.get("title").textValue().split(" ", 2)[0]));
    }
    return titles.toString();
  }

  private List<String> ids(TestingApi from, Map<String, String> query) {
    return pages(from, query).stream()
        .map(page -> page.json().get("items").findValuesAsText("task_id"))
        .flatMap(Collection::stream)
        .toList();
  }

  private List<Answer> pages(TestingApi from, Map<String, String> query) {
    List<Answer> pages = new ArrayList<>();
    String cursor = null;
    do {
      TestingApi.Call call = from.call("GET", "/v1/tasks").as(user);
      query.forEach(call::query);
      if (cursor != null) {
        call.query("cursor", cursor);
      }
      Answer page = call.send();
      assertThat(page.status()).isEqualTo(200);
      pages.add(page);
      cursor = page.json().path("next_cursor").textValue();
    } while (cursor != null);
    return pages;
  }

  /** Past the API, for speed; in order of creation. */
  private List<Task> write(int count, IntFunction<String> title) {
    Supplier<String> ids = ids();
    List<Task> tasks = new ArrayList<>();
    List<WriteRequest> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Task task =
          Task.builder()
              .taskId(ids.get())
              .userId(user)
              .title(title.apply(i))
              .dueDate(LocalDate.of(2026, 12, 1))
              .createdAt(now)
              .updatedAt(now)
              .build();
      tasks.add(task);
      batch.add(
          WriteRequest.builder()
              .putRequest(PutRequest.builder().item(TaskItem.of(task)).build())
              .build());
      if (batch.size() == 25 || i == count - 1) {
        List<WriteRequest> full = List.copyOf(batch);
        dynamoDb
            .client()
            .batchWriteItem(
                request -> request.requestItems(Map.of(TestingDynamoDb.CONFIG.tasksTable(), full)));
        batch.clear();
      }
    }
    return tasks;
  }

  /** In order of creation also within a millisecond. */
  private static Supplier<String> ids() {
    var generator = Generators.timeBasedEpochGenerator();
    return () -> generator.generate().toString();
  }

  /** Counts what is read. */
  private static final class CountingDynamoDbClient implements DynamoDbClient {
    private final DynamoDbClient client;
    private final AtomicInteger queries = new AtomicInteger();

    private CountingDynamoDbClient(DynamoDbClient client) {
      this.client = client;
    }

    @Override
    public QueryResponse query(QueryRequest request) {
      queries.incrementAndGet();
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
