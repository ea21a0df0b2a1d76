package io.plotpalette.api.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.plotpalette.api.DyingDynamoDbClient;
import io.plotpalette.api.DyingDynamoDbClient.Killed;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingContext;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingObjectStore;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

class TaskFilesIT {
  @TempDir private static Path folder;
  private static TestingDynamoDb dynamoDb;
  private static TestingObjectStore objects;

  private final String user = UUID.randomUUID().toString();
  private final TestingQueue queue = new TestingQueue();
  private final TestingApi api =
      new TestingApi(
          new TasksHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(dynamoDb.client(), queue, objects.bucket()),
              InstantSource.system(),
              TaskIds.timeOrdered()));
  private final TaskWritesHandler worker = worker(dynamoDb.client());
  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    dynamoDb = TestingDynamoDb.start();
    objects = new TestingObjectStore(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    dynamoDb.close();
  }

  @Test
  void nothingIsAnEmptyFile() throws Exception {
    Answer accepted = export();
    queue.drainTo(worker);

    assertThat(status(accepted).get("exported").intValue()).isZero();
    assertThat(download(accepted)).isEmpty();
  }

  @Test
  void aSmallExportIsAFileAfterItsMessage() throws Exception {
    // Given
    List<String> ids = create(3, "d");

    // When
    Answer accepted = export();

    // Then
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(status(accepted).get("status").textValue()).isEqualTo("pending");
    queue.drainTo(worker);
    assertThat(status(accepted).get("exported").intValue()).isEqualTo(3);
    assertThat(download(accepted)).extracting(TaskFilesIT::id).containsExactlyElementsOf(ids);
    assertThat(status(accepted).get("download_url").textValue())
        .contains("/transfers/" + user + "/", "X-Amz-Expires=900");
  }

  @Test
  void aLargeExportGoesOnFromFunctionToFunctionWhateverDies() throws Exception {
    // Given 20 MB, and so three parts
    List<String> ids = create(500, "\uD83D\uDE00".repeat(10_000));
    Answer accepted = export();

    // When a function dies after each part, and the next one has time for none or one
    int deaths = 0;
    for (int deliveries = 0; !queue.bodies().isEmpty(); deliveries++) {
      assertThat(deliveries).isLessThan(20);
      try {
        if (deliveries % 2 == 0) {
          queue.deliverOnce(worker(dying(TaskFilesIT::dieAfterUpdate)));
        } else {
          int[] looks = {0};
          queue.deliverOnce(worker, new TestingContext(() -> looks[0]++ == 0 ? 60_000 : 1_000));
        }
      } catch (Killed e) {
        deaths++;
      }
    }

    // Then
    assertThat(deaths).isPositive();
    assertThat(status(accepted).get("exported").intValue()).isEqualTo(500);
    assertThat(download(accepted)).extracting(TaskFilesIT::id).containsExactlyElementsOf(ids);
  }

  @Test
  void anExportWhoseLastFunctionDiedBetweenTheFileAndSayingSoIsDone() throws Exception {
    // Given
    List<String> ids = create(220, "\uD83D\uDE00".repeat(10_000));
    Answer accepted = export();

    // When
    assertThatThrownBy(() -> queue.deliverOnce(worker(dyingBefore("SET #progress", 2))))
        .isInstanceOf(Killed.class);
    queue.drainTo(worker);

    // Then
    assertThat(download(accepted)).extracting(TaskFilesIT::id).containsExactlyElementsOf(ids);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anUploadThatIsNoLongerOpenWasFinishedOrIsBegunAnew(boolean fileIsThere) throws Exception {
    // Given an export of which one part is written
    create(1, "d");
    AsyncRequests requests =
        new AsyncRequests(
            dynamoDb.client(), TestingDynamoDb.CONFIG.idempotencyTable(), InstantSource.system());
    AsyncRequest begun =
        new AsyncRequest(
            user,
            UUID.randomUUID().toString(),
            RequestKind.EXPORT,
            RequestState.ACCEPTED,
            Instant.now().truncatedTo(ChronoUnit.MILLIS),
            0,
            (ObjectNode) parse("{\"upload\":\"gone\",\"etags\":[\"e\"],\"exported\":7}"),
            1);
    requests.add(begun);
    HttpServer s3 =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    s3.createContext(
        "/",
        exchange -> {
          boolean isHead = exchange.getRequestMethod().equals("HEAD");
          byte[] error = "<Error><Code>NoSuchUpload</Code></Error>".getBytes(UTF_8);
          exchange.getRequestBody().readAllBytes();
          if (isHead) {
            exchange.getResponseHeaders().set("Content-Length", "8");
          }
          exchange.sendResponseHeaders(
              isHead && fileIsThere ? 200 : 404, isHead ? -1 : error.length);
          if (!isHead) {
            exchange.getResponseBody().write(error);
          }
          exchange.close();
        });
    s3.start();

    // When
    try (SdkHttpClient client = UrlConnectionHttpClient.create();
        TransferBucket bucket =
            new TransferBucket(
                "data",
                Region.US_EAST_1,
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")),
                Optional.of(URI.create("http://127.0.0.1:" + s3.getAddress().getPort())),
                client)) {
      int[] looks = {0};
      new ExportRun(tasks(), requests, () -> bucket).run(begun, () -> looks[0]++ == 0);
    } finally {
      s3.stop(0);
    }

    // Then
    AsyncRequest after = requests.find(user, begun.id()).orElseThrow();
    assertThat(after.state()).isEqualTo(fileIsThere ? RequestState.DONE : RequestState.ACCEPTED);
    assertThat(after.progress().path("exported").asInt()).isEqualTo(fileIsThere ? 8 : 0);
    assertThat(after.progress().has("upload")).isEqualTo(fileIsThere);
  }

  @Test
  void anImportMakesEachLineATaskWhateverDies() throws Exception {
    // Given parts before and after their whole
    String whole = UUID.randomUUID().toString();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      lines.add("{\"title\":\"t%d\",\"parent_id\":\"%s\",\"version\":7}".formatted(i, whole));
    }
    lines.set(600, "{\"title\":\"whole\",\"task_id\":\"%s\"}".formatted(whole));
    lines.add("");
    lines.add("{\"title\":\"elsewhere\",\"parent_id\":\"%s\"}".formatted(user));
    Answer created = upload(String.join("\r\n", lines));

    // When
    Answer accepted = startImport(created);
    assertThat(accepted.status()).isEqualTo(202);
    int deaths = 0;
    for (int deliveries = 0; !queue.bodies().isEmpty(); deliveries++) {
      assertThat(deliveries).isLessThan(30);
      try {
        int[] calls = {0};
        int last = 150 + 37 * deliveries;
        queue.deliverOnce(
            worker(
                dying(
                    request -> {
                      if (++calls[0] == last) {
                        throw new Killed();
                      }
                    })),
            new TestingContext(() -> 60_000));
      } catch (Killed e) {
        deaths++;
      }
    }

    // Then
    assertThat(deaths).isPositive();
    JsonNode status = status(accepted);
    assertThat(status.get("status").textValue()).isEqualTo("done");
    assertThat(status.get("imported").intValue()).isEqualTo(1_201);
    assertThat(status.get("failed").intValue()).isZero();
    List<JsonNode> tasks = inlineExport();
    Map<String, JsonNode> byTitle =
        tasks.stream().collect(Collectors.toMap(task -> task.get("title").textValue(), t -> t));
    assertThat(byTitle).hasSize(1_201);
    assertThat(tasks).hasSize(1_201).allMatch(task -> task.get("version").intValue() == 1);
    JsonNode newWhole = byTitle.get("whole").get("task_id");
    assertThat(newWhole.textValue()).isNotEqualTo(whole);
    assertThat(byTitle.get("t0").get("parent_id")).isEqualTo(newWhole);
    assertThat(byTitle.get("t1199").get("parent_id")).isEqualTo(newWhole);
    assertThat(byTitle.get("elsewhere").get("parent_id").textValue()).isEqualTo(user);

    // When it is started again
    assertThat(startImport(created).status()).isEqualTo(202);
    queue.drainTo(worker);

    // Then
    assertThat(inlineExport()).hasSize(1_201);
  }

  @Test
  void anImportEndsWhenItsUserLeaves() throws Exception {
    // Given
    Answer accepted = startImport(upload("{\"title\":\"t\"}\n".repeat(2_000)));
    ErasedUsers erased =
        new ErasedUsers(
            dynamoDb.client(), TestingDynamoDb.CONFIG.idempotencyTable(), InstantSource.system());

    // When the user leaves during the first step
    int[] looks = {0};
    queue.deliverOnce(
        worker,
        new TestingContext(
            () -> {
              if (++looks[0] == 100) {
                erased.add(user);
              }
              return 60_000;
            }));

    // Then
    assertThat(queue.bodies()).isEmpty();
    assertThat(status(accepted).get("imported").intValue()).isEqualTo(500);
  }

  @Test
  void linesThatCannotBeImportedAreCountedAndTheFirstHundredSayWhy() throws Exception {
    // Given
    List<String> lines = new ArrayList<>();
    lines.add("{\"title\":\"good\"}");
    lines.add("nonsense");
    lines.add("{\"title\":\"\",\"colour\":1}");
    lines.add("{\"title\":\"" + "x".repeat(300_000) + "\"}");
    lines.add("[]");
    for (int i = 0; i < 150; i++) {
      lines.add("{}");
    }
    lines.add("{\"title\":\"good too\"}\n");

    // When
    Answer accepted = startImport(upload(String.join("\n", lines)));
    queue.drainTo(worker);

    // Then
    JsonNode status = status(accepted);
    assertThat(status.get("imported").intValue()).isEqualTo(2);
    assertThat(status.get("failed").intValue()).isEqualTo(154);
    JsonNode errors = status.get("errors");
    assertThat(errors).hasSize(100);
    assertThat(errors.valueStream().map(error -> error.get("line").intValue()).limit(5))
        .containsExactly(2, 3, 4, 5, 6);
    assertThat(errors.at("/1/errors").findValuesAsText("pointer")).contains("/title", "/colour");
    assertThat(errors.at("/2/detail").textValue()).contains("longer than 256000 bytes");
    assertThat(inlineExport())
        .extracting(task -> task.get("title").textValue())
        .containsExactlyInAnyOrder("good", "good too");
  }

  @Test
  void whatIsExportedCanBeImported() throws Exception {
    // Given
    create(5, "d");
    Answer exported = export();
    queue.drainTo(worker);
    String file = get(status(exported).get("download_url").textValue());

    // When
    Answer imported = startImport(upload(file));
    queue.drainTo(worker);

    // Then
    assertThat(status(imported).get("imported").intValue()).isEqualTo(5);
    assertThat(inlineExport()).hasSize(10);
  }

  @Test
  void anUploadMustHaveTheSizeThatWasSaid() throws Exception {
    // Given
    Answer created = createImport(10);
    String url = created.json().get("upload_url").textValue();

    // Then
    assertThat(startImport(created).status()).isEqualTo(409);
    assertThat(put(url, "x".repeat(11))).isEqualTo(403);
    assertThat(startImport(created).json().get("type").textValue())
        .isEqualTo("urn:plot-palette:problem:upload-missing");
    assertThat(put(url, "x".repeat(10))).isEqualTo(200);
    assertThat(startImport(created).status()).isEqualTo(202);
  }

  @Test
  void anAddressIsOfNoUseForAnotherFile() throws Exception {
    String url = createImport(10).json().get("upload_url").textValue();

    assertThat(put(url.replace(user, "somebody-else"), "x".repeat(10))).isEqualTo(403);
    assertThat(put(url.replaceAll("\\?.*", ""), "x".repeat(10))).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"size_bytes\":0}", "{\"size_bytes\":500000001}"})
  void anImportHasASize(String body) {
    assertThat(api.call("POST", "/v1/tasks/imports").as(user).json(body).send().status())
        .isEqualTo(422);
  }

  @Test
  void nobodyStartsWhatIsNotTheirsOrNoImport() {
    Answer created = createImport(10);
    String id = created.json().get("import_id").textValue();
    String export = export().json().get("request_id").textValue();

    assertThat(start("eve", id).status()).isEqualTo(404);
    assertThat(start(user, export).status()).isEqualTo(404);
    assertThat(start(user, UUID.randomUUID().toString()).status()).isEqualTo(404);
  }

  private static Tasks tasks() {
    return new Tasks(store(), InstantSource.system());
  }

  private static TaskStore store() {
    return new TaskStore(
        dynamoDb.client(),
        TestingDynamoDb.CONFIG,
        new WriteMarks(
            dynamoDb.client(), TestingDynamoDb.CONFIG.idempotencyTable(), InstantSource.system()));
  }

  private List<String> create(int count, String description) {
    TaskStore store = store();
    Instant now = Instant.parse("2026-11-20T09:00:00Z");
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                store.add(
                    Task.builder()
                        .taskId("019a9ec3-5c00-7b3a-9c1e-%012d".formatted(i))
                        .userId(user)
                        .title("t")
                        .description(description)
                        .status(TaskStatus.TODO)
                        .priority(TaskPriority.NORMAL)
                        .labels(List.of())
                        .metadata(Map.of())
                        .createdAt(now)
                        .updatedAt(now)
                        .version(1L)
                        .build()))
        .map(Task::taskId)
        .toList();
  }

  private TaskWritesHandler worker(DynamoDbClient client) {
    return new TaskWritesHandler(
        TestingDynamoDb.CONFIG,
        TestingClients.of(client, queue, objects.bucket()),
        InstantSource.system());
  }

  private static DynamoDbClient dying(Consumer<DynamoDbRequest> afterCall) {
    return new DyingDynamoDbClient(dynamoDb.client(), afterCall);
  }

  private static void dieAfterUpdate(DynamoDbRequest request) {
    if (request instanceof UpdateItemRequest) {
      throw new Killed();
    }
  }

  private static DynamoDbClient dyingBefore(String expression, int number) {
    int[] updates = {0};
    return new DyingDynamoDbClient(
        dynamoDb.client(),
        request -> {
          if (request instanceof UpdateItemRequest update
              && update.updateExpression().startsWith(expression)
              && ++updates[0] == number) {
            throw new Killed();
          }
        },
        request -> {});
  }

  private Answer export() {
    return api.call("POST", "/v1/tasks/exports").as(user).send();
  }

  private Answer createImport(int size) {
    Answer answer =
        api.call("POST", "/v1/tasks/imports")
            .as(user)
            .json("{\"size_bytes\":%d}".formatted(size))
            .send();
    assertThat(answer.status()).isEqualTo(201);
    return answer;
  }

  private Answer upload(String content) throws Exception {
    Answer created = createImport(content.getBytes(UTF_8).length);
    assertThat(put(created.json().get("upload_url").textValue(), content)).isEqualTo(200);
    return created;
  }

  private Answer startImport(Answer created) {
    return start(user, created.json().get("import_id").textValue());
  }

  private Answer start(String as, String id) {
    return api.call("POST", "/v1/tasks/imports/" + id + "/start").as(as).send();
  }

  private JsonNode status(Answer accepted) {
    return api.call("GET", accepted.headers().get("Location")).as(user).send().json();
  }

  private List<JsonNode> download(Answer accepted) throws Exception {
    return get(status(accepted).get("download_url").textValue())
        .lines()
        .map(TaskFilesIT::parse)
        .toList();
  }

  private List<JsonNode> inlineExport() {
    List<JsonNode> tasks = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      TestingApi.Call call = api.call("GET", "/v1/tasks/export").as(user);
      cursor.ifPresent(text -> call.query("cursor", text));
      Answer part = call.send();
      part.body().lines().map(TaskFilesIT::parse).forEach(tasks::add);
      cursor =
          Optional.ofNullable(part.headers().get("Link"))
              .map(link -> link.replaceAll(".*cursor=([^>]*)>.*", "$1"));
    } while (cursor.isPresent());
    return tasks;
  }

  private String get(String url) throws IOException, InterruptedException {
    var response =
        http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private int put(String url, String content) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(url)).PUT(BodyPublishers.ofString(content)).build(),
            BodyHandlers.discarding())
        .statusCode();
  }

  private static String id(JsonNode task) {
    return task.get("task_id").textValue();
  }

  private static JsonNode parse(String line) {
    try {
      return Json.MAPPER.readTree(line);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }
}
