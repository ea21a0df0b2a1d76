package io.plotpalette.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.api.dashboard.DashboardHandler;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiOperation;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.jobs.JobsHandler;
import io.plotpalette.api.seeddata.SeeddataHandler;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.tasks.TasksHandler;
import io.plotpalette.api.templates.TemplatesHandler;
import io.plotpalette.model.template.Samples;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every route of the contract that names something, called by somebody whose it is not. */
class OwnershipIT {
  /** Its ids are users: whether one may see them is a question of the role. */
  private static final String USERS_ROUTE = "/v1/users/{user_id}";

  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

  private static final Map<String, String> BODIES =
      Map.of(
          "replaceTask", "{\"title\":\"mine\"}",
          "replaceTemplate",
              "{\"name\":\"mine\",\"steps\":[{\"id\":\"a\",\"prompt\":\"{{ topic }}\"}]}");

  @TempDir private static Path folder;
  private static TestingDynamoDb dynamoDb;
  private static TestingObjectStore objects;
  private static Map<String, TestingApi> apis;

  private final String owner = UUID.randomUUID().toString();
  private final String stranger = UUID.randomUUID().toString();

  @BeforeAll
  static void start() throws Exception {
    dynamoDb = TestingDynamoDb.start();
    objects = new TestingObjectStore(folder);
    ApiConfig config = TestingDynamoDb.CONFIG;
    ApiClients clients = TestingClients.of(dynamoDb.client(), new TestingQueue(), objects.bucket());
    InstantSource clock = InstantSource.system();
    Supplier<String> ids = TaskIds.timeOrdered();
    apis =
        Map.of(
            "tasks", new TestingApi(new TasksHandler(config, clients, clock, ids)),
            "templates", new TestingApi(new TemplatesHandler(config, clients, clock, ids)),
            "seeddata", new TestingApi(new SeeddataHandler(config, clients, clock, ids)),
            "jobs", new TestingApi(new JobsHandler(config, clients, clock, ids)),
            "dashboard", new TestingApi(new DashboardHandler(config, clients)));
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    dynamoDb.close();
  }

  @Test
  void whatIsSomebodyElsesDoesNotExistOnAnyRoute() throws Exception {
    Map<String, String> names = belongings();
    List<ApiOperation> walked =
        ApiContract.packaged().operations().stream()
            .filter(operation -> operation.path().contains("{"))
            .filter(operation -> !operation.path().equals(USERS_ROUTE))
            .toList();
    assertThat(walked).hasSizeGreaterThanOrEqualTo(20);

    for (ApiOperation operation : walked) {
      String path = path(operation, names);

      assertThat(call(operation, path, stranger).status())
          .as("%s %s for a stranger", operation.method(), operation.path())
          .isEqualTo(404);
      if (operation.method().equals("GET")) {
        // The name is right, so it was the caller that was refused.
        assertThat(call(operation, path, owner).status())
            .as("%s for its owner", operation.path())
            .isIn(200, 409);
      }
    }
  }

  private static String path(ApiOperation operation, Map<String, String> names) {
    Matcher parameter = PARAMETER.matcher(operation.path());
    return parameter.replaceAll(
        found -> {
          assertThat(names).as("what %s names", operation.path()).containsKey(found.group(1));
          return names.get(found.group(1));
        });
  }

  private static Answer call(ApiOperation operation, String path, String caller) {
    TestingApi.Call call =
        apis.get(operation.tag()).call(operation.method(), path).as(caller).ifMatch("*");
    operation
        .requestBody()
        .ifPresent(
            body ->
                call.header("content-type", body.mediaType())
                    .body(BODIES.getOrDefault(operation.operationId(), "{}")));
    return call.send();
  }

  /** One of everything, by the names of the contract's parameters. */
  private Map<String, String> belongings() throws Exception {
    Map<String, String> names = new HashMap<>();
    names.put("task_id", id(post("tasks", "/v1/tasks", "{\"title\":\"t\"}"), "task_id"));
    names.put(
        "import_id", id(post("tasks", "/v1/tasks/imports", "{\"size_bytes\":3}"), "import_id"));
    Answer export = apis.get("tasks").call("POST", "/v1/tasks/exports").as(owner).send();
    names.put("request_id", id(export, "request_id"));
    String template =
        new String(Samples.read("sample-templates/story.json"), StandardCharsets.UTF_8);
    names.put("template_id", id(post("templates", "/v1/templates", template), "template_id"));
    names.put("version", "1");
    names.put("seed_data_id", uploaded(Samples.read("sample-datasets/poetry/poems.json")));
    String job =
        """
        {"name": "j", "template_id": "%s", "seed_data_id": "%s", "record_count": 3,
         "budget_limit_usd": "5.00"}
        """
            .formatted(names.get("template_id"), names.get("seed_data_id"));
    names.put("job_id", id(post("jobs", "/v1/jobs", job), "job_id"));
    return names;
  }

  private String uploaded(byte[] file) throws Exception {
    Answer created =
        post(
            "seeddata",
            "/v1/seed-data",
            "{\"name\":\"n\",\"format\":\"json\",\"size\":%d}".formatted(file.length));
    HttpRequest put =
        HttpRequest.newBuilder(URI.create(id(created, "upload_url")))
            .PUT(BodyPublishers.ofByteArray(file))
            .build();
    assertThat(HttpClient.newHttpClient().send(put, BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
    String id = id(created, "seed_data_id");
    assertThat(post("seeddata", "/v1/seed-data/" + id + "/validate", "{}").status()).isEqualTo(200);
    return id;
  }

  private Answer post(String tag, String path, String body) {
    return apis.get(tag).call("POST", path).as(owner).json(body).send();
  }

  private static String id(Answer answer, String field) {
    assertThat(answer.json().findValue(field)).as(answer.body()).isNotNull();
    return answer.json().findValue(field).textValue();
  }
}
