package io.plotpalette.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingObjectStore;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobPaths;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobsHandlerIT {
  @TempDir private static Path folder;

  private static TestingDynamoDb dynamoDb;
  private static TestingObjectStore objects;
  private static TestingJobs store;

  private final String user = "user-" + UUID.randomUUID();

  private Instant now = Instant.parse("2026-11-20T09:00:00Z");

  private final TestingApi api = api(() -> now);

  @BeforeAll
  static void start() throws Exception {
    dynamoDb = TestingDynamoDb.start();
    objects = new TestingObjectStore(folder);
    store = new TestingJobs(dynamoDb.client(), objects.bucket());
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    dynamoDb.close();
  }

  private static TestingApi api(InstantSource clock) {
    ApiClients clients = TestingClients.of(dynamoDb.client(), new TestingQueue(), objects.bucket());
    return new TestingApi(
        new JobsHandler(TestingDynamoDb.CONFIG, clients, clock, TaskIds.timeOrdered()));
  }

  @Test
  void aNewJobIsQueuedWithBothPartsAndItsEstimate() {
    Answer answer = create(input());

    assertThat(answer.status()).isEqualTo(201);
    JsonNode job = answer.json();
    String id = job.get("job_id").textValue();
    assertThat(answer.headers()).containsEntry("Location", "/v1/jobs/" + id);
    assertThat(job.at("/progress/state").textValue()).isEqualTo("QUEUED");
    assertThat(job.at("/progress/not_started").longValue()).isEqualTo(10);
    assertThat(job.get("template_version").intValue()).isEqualTo(1);
    assertThat(job.at("/seed/sha256").textValue()).hasSize(64);
    assertThat(job.at("/estimate/by_step")).hasSize(2);
    assertThat(store.part(id, JobAttribute.PART_DEFINITION)).containsKey("created_at");
    assertThat(store.part(id, JobAttribute.PART_PROGRESS).get("queue_key").s())
        .isEqualTo("1#2026-11-20T09:00:00.000Z#" + id);
    assertThat(store.part(id, JobAttribute.PART_PROGRESS)).doesNotContainKey("created_at");
    assertThat(get(id).json().has("estimate")).isFalse();
  }

  @Test
  void aDryRunWritesNothing() {
    Answer answer = call("POST", "/v1/jobs").query("dry_run", "true").json(input()).send();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/estimate/by_step/1/worst_case/calls").longValue()).isEqualTo(20);
    assertThat(answer.json().at("/estimate/expected_usd").textValue()).matches("0\\.[0-9]+");
    assertThat(list().json().get("items")).isEmpty();
  }

  @Test
  void theNewestVersionIsTakenUnlessOneIsNamed() {
    String template = store.template(user);
    store.nextVersion(user, template);
    String seedData = store.seedData(user, TestingJobs.SEED_DATA);

    ObjectNode named = body(template, seedData).put("template_version", 1);
    ObjectNode missing = body(template, seedData).put("template_version", 3);

    assertThat(
            create(body(template, seedData).toString()).json().get("template_version").intValue())
        .isEqualTo(2);
    assertThat(create(named.toString()).json().get("template_version").intValue()).isEqualTo(1);
    assertThat(errors(create(missing.toString())))
        .containsExactly("/template_version the newest is 2");
  }

  @Test
  void everyMissingFieldIsNamed() {
    String seedData =
        store.seedData(
            user,
            """
            [{"author": {"name": "Ada"}, "theme": "rain", "mood": "calm"},
             {"author": {}, "mood": "calm"}, {"author": {}, "theme": "snow", "mood": "calm"}]
            """);

    Answer answer = create(body(store.template(user), seedData).toString());

    assertThat(answer.status()).isEqualTo(422);
    assertThat(errors(answer))
        .containsExactly(
            "/seed_data_id lacks 'author.name', which the template needs, in 2 entries, the"
                + " first is entry 1",
            "/seed_data_id lacks 'theme', which the template needs, in entry 1");
  }

  @Test
  void moreMissingFieldsThanAnAnswerHoldsAreAllNamedTogether() {
    StringBuilder prompt = new StringBuilder();
    for (int i = 10; i < 40; i++) {
      prompt.append("{{ f").append(i).append(" }}");
    }
    String template =
        store.template(
            user,
            """
            {"name": "N", "description": "", "steps": [
              {"id": "s", "model_tier": "cheap", "max_tokens": 9, "prompt": "%s"}]}
            """
                .formatted(prompt));

    String errors =
        errors(create(body(template, store.seedData(user, "[{}]")).toString()).json()).toString();

    for (int i = 10; i < 40; i++) {
      assertThat(errors).contains("f" + i);
    }
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    String template =
        store.template(
            user,
            """
            {"name": "N", "description": "", "steps": [
              {"id": "s", "model_tier": "cheap", "max_tokens": 9, "prompt": "{{ theme }}"}]}
            """);
    ObjectNode body = body(template, UUID.randomUUID().toString());
    body.put("budget_limit_usd", "0.00").put("partition_by", "category");
    body.putObject("judge").put("step", "none").put("field", "points").put("min_score", 3);

    assertThat(errors(create(body.toString())))
        .satisfiesExactly(
            error -> assertThat(error).isEqualTo("/budget_limit_usd must be more than nothing"),
            error -> assertThat(error).isEqualTo("/seed_data_id there is no such seed data"),
            error -> assertThat(error).startsWith("/partition_by cannot be category"),
            error -> assertThat(error).startsWith("/judge/step must be a step of the template"));
  }

  @ParameterizedTest
  @CsvSource({
    "1e9,",
    "-1,",
    "0.0000000001,",
    "9999999999,",
    "0.000000001,that one call of step 'poem' may cost"
  })
  void aBadBudgetIsRefused(String budget, String reason) {
    String body =
        body(store.template(user), store.seedData(user, TestingJobs.SEED_DATA))
            .put("budget_limit_usd", budget)
            .toString();

    assertThat(errors(create(body)))
        .singleElement()
        .satisfies(
            error ->
                assertThat(error)
                    .startsWith("/budget_limit_usd")
                    .contains(reason == null ? "" : reason));
  }

  @Test
  void seedDataThatWasNotValidatedIsRefused() {
    String seedData = store.openSeedData(user, TestingJobs.SEED_DATA);
    String body = body(store.template(user), seedData).toString();

    assertThat(errors(create(body)))
        .singleElement()
        .asString()
        .startsWith("/seed_data_id has not been validated");
  }

  @Test
  void seedDataThatWasChangedSinceIsRefused() {
    String seedData = store.seedData(user, TestingJobs.SEED_DATA);
    store.overwrite(user, seedData, "[{\"author\": {\"name\": \"Eve\"}, \"theme\": \"sun\"}]");
    String body = body(store.template(user), seedData).toString();

    assertThat(errors(create(body)))
        .singleElement()
        .asString()
        .startsWith("/seed_data_id was changed after it was validated");
  }

  @Test
  void templatesAndSeedDataOfOthersAreUnknown() {
    String body =
        body(store.template("another"), store.seedData("another", TestingJobs.SEED_DATA))
            .toString();

    assertThat(errors(create(body)))
        .containsExactly(
            "/template_id there is no such template", "/seed_data_id there is no such seed data");
  }

  @Test
  void aRepeatedRequestHasOneJob() {
    String body = input();
    Answer first = call("POST", "/v1/jobs").header("idempotency-key", "k").json(body).send();
    Answer second = call("POST", "/v1/jobs").header("idempotency-key", "k").json(body).send();

    assertThat(second.json()).isEqualTo(first.json());
    assertThat(list().json().get("items")).hasSize(1);
  }

  @Test
  void pagesGoFromTheNewestToTheOldestAndEachJobIsOnOne() {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      now = now.plusSeconds(1);
      created.add(0, id(create(input())));
    }
    List<String> listed = new ArrayList<>();
    JsonNode page = call("GET", "/v1/jobs").query("limit", "2").send().json();
    while (true) {
      page.get("items").forEach(item -> listed.add(item.get("job_id").textValue()));
      if (!page.has("next_cursor")) {
        break;
      }
      page =
          call("GET", "/v1/jobs")
              .query("limit", "2")
              .query("cursor", page.get("next_cursor").textValue())
              .send()
              .json();
    }

    assertThat(listed).isEqualTo(created);
  }

  @Test
  void jobsAreFilteredByState() {
    String running = id(create(input()));
    String queued = id(create(input()));
    store.running(user, running);

    JsonNode page = call("GET", "/v1/jobs").query("state", "RUNNING").send().json();

    assertThat(page.get("items").findValuesAsText("job_id")).containsExactly(running);
    assertThat(list().json().get("items").findValuesAsText("job_id"))
        .containsExactlyInAnyOrder(queued, running);
  }

  @Test
  void aCursorGoesOnWithItsOwnStateOnly() {
    create(input());
    create(input());
    JsonNode all = call("GET", "/v1/jobs").query("limit", "1").send().json();
    JsonNode queued = page("QUEUED", null).json();

    Answer another = page("RUNNING", queued.get("next_cursor").textValue());
    Answer narrower = page("QUEUED", all.get("next_cursor").textValue());
    Answer wider =
        call("GET", "/v1/jobs").query("cursor", queued.get("next_cursor").textValue()).send();
    Answer same = page("QUEUED", queued.get("next_cursor").textValue());

    for (Answer answer : List.of(another, narrower, wider)) {
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().at("/errors/0/parameter").textValue()).isEqualTo("cursor");
    }
    assertThat(same.status()).isEqualTo(200);
    assertThat(same.json().get("items")).hasSize(1).isNotEqualTo(queued.get("items"));
  }

  private Answer page(String state, String cursor) {
    var call = call("GET", "/v1/jobs").query("limit", "1").query("state", state);
    return cursor == null ? call.send() : call.query("cursor", cursor).send();
  }

  @Test
  void aJobThatHasNotChangedIsNotSentAgain() {
    String id = id(create(input()));
    String etag = get(id).etag();

    assertThat(call("GET", "/v1/jobs/" + id).header("if-none-match", etag).send().status())
        .isEqualTo(304);
    store.running(user, id);
    assertThat(call("GET", "/v1/jobs/" + id).header("if-none-match", etag).send().status())
        .isEqualTo(200);
  }

  @Test
  void aJobThatRunsIsAskedToStopOnce() {
    String id = id(create(input()));
    store.running(user, id);
    Answer first = delete(id);
    now = now.plusSeconds(5);
    Answer second = delete(id);

    assertThat(first.status()).isEqualTo(202);
    assertThat(first.json().get("cancel_requested_at").textValue())
        .isEqualTo("2026-11-20T09:00:00.000Z");
    assertThat(second.json()).isEqualTo(first.json());
    assertThat(get(id).json().at("/progress/state").textValue()).isEqualTo("RUNNING");
  }

  @Test
  void aFinishedJobIsDeletedWithAllThatBelongsToIt() throws IOException {
    String id = id(create(input()));
    String other = id(create(input()));
    store.completed(user, id);
    store.completed(user, other);
    objects.bucket().write(JobPaths.outputs(id, 1) + "/part-0.jsonl", new byte[] {'x'});
    store.journalAndCosts(id, 3, 40);
    store.journalAndCosts(other, 1, 1);

    assertThat(delete(id).status()).isEqualTo(204);

    assertThat(filesOf(id)).isEmpty();
    assertThat(leftOf(id)).isEqualTo("jobs 0, journal 0, costs 0");
    assertThat(leftOf(other)).isEqualTo("jobs 2, journal 2, costs 1");
    assertThat(filesOf(other)).hasSize(2);
    assertThat(get(id).status()).isEqualTo(404);
    assertThat(delete(id).status()).isEqualTo(404);
    assertThat(list().json().get("items").findValuesAsText("job_id")).containsExactly(other);
  }

  @Test
  void aRemovalThatRunsOutOfTimeGoesOnWithTheNextCall() {
    String id = id(create(input()));
    store.completed(user, id);
    store.journalAndCosts(id, 60, 1);
    // A call has time for 133 looks at the clock, and this takes more.
    InstantSource slow =
        () -> {
          now = now.plusMillis(150);
          return now;
        };
    TestingApi slowApi = api(slow);

    Set<Integer> statuses = new HashSet<>();
    int calls = 0;
    int status;
    do {
      status = slowApi.call("DELETE", "/v1/jobs/" + id).as(user).send().status();
      statuses.add(status);
      calls++;
    } while (status == 503 && calls < 200);

    assertThat(statuses).containsExactlyInAnyOrder(503, 204);
    assertThat(leftOf(id)).isEqualTo("jobs 0, journal 0, costs 0");
  }

  @Test
  void filesOfAFinishedJobCanBeFetchedByAnyone() throws Exception {
    String id = id(create(input()));
    assertThat(call("GET", "/v1/jobs/" + id + "/downloads").send().status()).isEqualTo(409);
    store.completed(user, id);

    JsonNode all = call("GET", "/v1/jobs/" + id + "/downloads").send().json();

    assertThat(all.get("items").findValuesAsText("file"))
        .containsExactly("dataset.jsonl", "dataset.csv");
    assertThat(all.get("download_expires_at").textValue()).isEqualTo("2026-11-20T09:15:00.000Z");
    HttpRequest fetch =
        HttpRequest.newBuilder(URI.create(all.at("/items/1/download_url").textValue())).build();
    assertThat(HttpClient.newHttpClient().send(fetch, BodyHandlers.ofString()).body())
        .isEqualTo("record_index\n0\n");
  }

  @Test
  void theUsualArchiveNeedsNoRestore() {
    String id = id(create(input()));
    assertThat(call("POST", "/v1/jobs/" + id + "/restore").send().status()).isEqualTo(409);
    store.completed(user, id);

    Answer answer = call("POST", "/v1/jobs/" + id + "/restore").send();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("status").textValue()).isEqualTo("available");
  }

  private static List<Path> filesOf(String jobId) throws IOException {
    Path job = folder.resolve(TestingDynamoDb.CONFIG.dataBucket()).resolve(JobPaths.job(jobId));
    if (!Files.exists(job)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(job)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private String leftOf(String jobId) {
    return "jobs %d, journal %d, costs %d"
        .formatted(
            store.rows(TestingDynamoDb.CONFIG.datasets().jobsTable(), JobAttribute.JOB_ID, jobId),
            store.rows(
                TestingDynamoDb.CONFIG.datasets().callJournalTable(),
                JobAttribute.JOURNAL_KEY,
                jobId),
            store.rows(
                TestingDynamoDb.CONFIG.datasets().costTrackingTable(), JobAttribute.JOB_ID, jobId));
  }

  private TestingApi.Call call(String method, String path) {
    return api.call(method, path).as(user);
  }

  private Answer create(String body) {
    return call("POST", "/v1/jobs").json(body).send();
  }

  private Answer get(String id) {
    return call("GET", "/v1/jobs/" + id).send();
  }

  private Answer delete(String id) {
    return call("DELETE", "/v1/jobs/" + id).send();
  }

  private Answer list() {
    return call("GET", "/v1/jobs").send();
  }

  private static String id(Answer created) {
    return created.json().get("job_id").textValue();
  }

  private String input() {
    return body(store.template(user), store.seedData(user, TestingJobs.SEED_DATA)).toString();
  }

  private static ObjectNode body(String templateId, String seedDataId) {
    ObjectNode body =
        TestingJobs.object("{\"name\": \"Poems\", \"record_count\": 10}")
            .put("budget_limit_usd", "2.50");
    return body.put("template_id", templateId).put("seed_data_id", seedDataId);
  }

  private static List<String> errors(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    return errors(answer.json());
  }

  private static List<String> errors(JsonNode problem) {
    List<String> errors = new ArrayList<>();
    problem
        .path("errors")
        .forEach(
            error ->
                errors.add(
                    error.get("pointer").textValue() + " " + error.get("detail").textValue()));
    return errors;
  }
}
