package io.plotpalette.api.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.model.template.Samples;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class TemplatesHandlerIT {
  private static final Instant START = Instant.parse("2026-11-28T09:00:00.123456789Z");

  private static TestingDynamoDb dynamoDb;

  private final String user = UUID.randomUUID().toString();
  private final String stranger = UUID.randomUUID().toString();
  private Instant now = START;
  private final TestingApi api =
      new TestingApi(
          new TemplatesHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(dynamoDb.client()),
              this::tick,
              TaskIds.timeOrdered()));

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    dynamoDb.close();
  }

  private synchronized Instant tick() {
    now = now.plusMillis(1);
    return now;
  }

  @ParameterizedTest
  @FieldSource("io.plotpalette.model.template.Samples#TEMPLATES")
  void samplesAreCreatedAndReadAsTheyWereAnswered(String path) {
    Answer created = create(new String(Samples.read(path), StandardCharsets.UTF_8));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.etag()).isEqualTo("\"1\"");
    assertThat(created.headers().get("Location")).isEqualTo("/v1/templates/" + id(created));
    assertThat(created.json().get("required_fields")).isNotEmpty();
    assertThat(created.json().get("model_usage")).hasSameSizeAs(created.json().get("steps"));
    Answer read = get(user, path(created));
    assertThat(read.body()).isEqualTo(created.body());
    assertThat(read.etag()).isEqualTo("\"1\"");
  }

  @Test
  void fieldsAndModelsAreDerivedFromTheSteps() {
    Answer created =
        create(
            """
            {"name": "n", "steps": [
              {"id": "question", "prompt": "{{ author.name }} {{ nick|default('x') }}"},
              {"id": "answer", "model_tier": 3, "max_tokens": 50,
               "prompt": "{{ steps.question.output }} {% for b in books %}{{ b.title }}{% endfor %}"}]}
            """);

    JsonNode json = created.json();
    assertThat(json.get("required_fields")).hasToString("[\"author.name\",\"books[].title\"]");
    assertThat(json.get("model_usage").findValuesAsText("step"))
        .containsExactly("question", "answer");
    assertThat(json.get("model_usage").findValuesAsText("model_tier"))
        .containsExactly("cheap", "premium");
    assertThat(json.at("/model_usage/1/max_tokens").intValue()).isEqualTo(50);
    assertThat(json.at("/steps/1/model_tier").textValue()).isEqualTo("premium");
    assertThat(json.at("/created_at").textValue()).isEqualTo("2026-11-28T09:00:00.124Z");
  }

  @Test
  void everyProblemIsToldWithStepAndLine() {
    Answer refused =
        create(
            """
            {"name": "n", "category": "{{", "steps": [
              {"id": "a", "prompt": "one\\n{{ x. }}"},
              {"id": "b", "prompt": "{{ steps.c.output }}", "skip_when": "1 +"}]}
            """);

    assertThat(refused.status()).isEqualTo(422);
    assertThat(pointers(refused))
        .containsExactlyInAnyOrder(
            "/steps/0/prompt", "/steps/1/prompt", "/steps/1/skip_when", "/category");
    assertThat(refused.json().get("errors").findValuesAsText("detail"))
        .anyMatch(detail -> detail.startsWith("line 2, column "))
        .anyMatch(detail -> detail.contains("there is no step 'c'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '¤',
      value = {
        "{'id':'a','prompt':'p','model':'lama'} | /steps/0/model",
        "{'id':'a','prompt':'p','model':'llama-3.1-8b','model_tier':1} | /steps/0/model_tier",
        "{'id':'a','prompt':'p','max_tokens':60000} | /steps/0/max_tokens",
        "{'id':'a','prompt':'p','schema':{'type':'object'}} | /steps/0/schema",
        "{'id':'a','prompt':'p','output':'json','schema':{'pattern':'a'}} | /steps/0/schema/pattern",
        "{'id':'a','prompt':'p','output':'json','schema':'{}'} | /steps/0/schema",
        "{'id':'A','prompt':'p'} | /steps/0/id",
        "{'id':'a'} | /steps/0/prompt",
        "{'id':'a','prompt':'p','temperature':2} | /steps/0/temperature",
        "{'id':'a','prompt':'p','colour':1} | /steps/0/colour",
        "{'id':'a','prompt':'{% include \"/etc/passwd\" %}'} | /steps/0/prompt",
      })
  void aStepThatCannotBeUsedIsRefused(String step, String pointer) {
    Answer refused = create(withSteps(step));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(pointers(refused)).containsExactly(pointer);
  }

  @Test
  void aTemplateLargerThanAnItemIsRefused() {
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      steps.add("{'id':'s%d','prompt':'%s'}".formatted(i, "ü".repeat(20_000)));
    }

    Answer refused = create(withSteps(String.join(",", steps)));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(pointers(refused)).containsExactly("/steps");
    assertThat(get(user, "/v1/templates").json().get("items")).isEmpty();
  }

  @Test
  void aSchemaComesBackAsItWasWritten() {
    // Keys out of order, a number and a depth no table holds, and an empty name.
    String schema =
        "{'type':'object','properties':{'z':{'type':'number','maximum':1e300},'':{'type':'string'},"
            + "'a':{'enum':[null,0.1,12345678901234567890123456789012345678901234567890]},"
            + "'deep':"
            + "{'type':'array','items':".repeat(18)
            + "{'type':'string'}"
            + "}".repeat(18)
            + "},'required':['z','a']}";

    Answer created =
        create(withSteps("{'id':'a','prompt':'p','output':'json','schema':" + schema + "}"));

    assertThat(created.status()).isEqualTo(201);
    String read = get(user, path(created)).json().at("/steps/0/schema").toString();
    assertThat(read).isEqualTo(created.json().at("/steps/0/schema").toString());
    assertThat(read)
        .startsWith("{\"type\":\"object\",\"properties\":{\"z\":{\"type\":\"number\",\"maximum\":1")
        .endsWith("\"required\":[\"z\",\"a\"]}");
  }

  @Test
  void putMakesTheNextVersionAndLeavesTheOthersAsTheyAre() {
    Answer first = create(named("First"));

    Answer second = put(user, path(first), first.etag(), named("Second"));

    assertThat(second.status()).isEqualTo(200);
    assertThat(second.etag()).isEqualTo("\"2\"");
    assertThat(second.json().get("name").textValue()).isEqualTo("Second");
    assertThat(get(user, path(first)).body()).isEqualTo(second.body());
    assertThat(get(user, path(first) + "/versions/1").body()).isEqualTo(first.body());
    assertThat(get(user, path(first) + "/versions/2").body()).isEqualTo(second.body());
    Answer versions = get(user, path(first) + "/versions");
    assertThat(versions.json().get("items").findValuesAsText("version")).containsExactly("2", "1");
    assertThat(versions.json().get("items").findValuesAsText("name"))
        .containsExactly("Second", "First");
  }

  @Test
  void aVersionThatIsNotTheNewestCannotBeReplaced() {
    Answer first = create(named("n"));
    put(user, path(first), first.etag(), named("m"));

    assertThat(put(user, path(first), first.etag(), named("o")).status()).isEqualTo(412);
    assertThat(put(user, path(first), null, named("o")).status()).isEqualTo(428);
    assertThat(put(user, path(first), "*", named("o")).json().get("version").intValue())
        .isEqualTo(3);
  }

  @Test
  void whatIsKnownAlreadyIsNotSentAgain() {
    Answer created = create(named("n"));

    Answer unchanged =
        api.call("GET", path(created)).as(user).header("if-none-match", created.etag()).send();

    assertThat(unchanged.status()).isEqualTo(304);
    assertThat(unchanged.etag()).isEqualTo(created.etag());
  }

  @Test
  void ofManyWritersOnOneVersionOneWins() throws Exception {
    Answer created = create(named("n"));
    ExecutorService writers = Executors.newFixedThreadPool(8);
    List<Future<Integer>> answers = new ArrayList<>();
    try {
      Callable<Integer> write = () -> put(user, path(created), created.etag(), named("m")).status();
      answers.addAll(writers.invokeAll(Collections.nCopies(16, write)));
    } finally {
      writers.shutdownNow();
    }

    List<Integer> statuses = new ArrayList<>();
    for (Future<Integer> answer : answers) {
      statuses.add(answer.get());
    }
    // Transactions of the table that meet each other are told to come again.
    assertThat(statuses).containsOnlyOnce(200).isSubsetOf(200, 412, 503);
    assertThat(get(user, path(created)).etag()).isEqualTo("\"2\"");
  }

  @Test
  void theListHasEachTemplateOnceThoseChangedLastFirst() {
    Answer a = create(named("a"));
    create(named("b"));
    create(named("c"));
    put(user, path(a), a.etag(), named("a2"));

    Answer first = list("2", null);
    Answer second = list("2", first.json().get("next_cursor").textValue());

    assertThat(names(first)).containsExactly("a2", "c");
    assertThat(names(second)).containsExactly("b");
    assertThat(second.json().has("next_cursor")).isFalse();
    assertThat(first.json().at("/items/0/version").intValue()).isEqualTo(2);
  }

  @Test
  void aCursorOfAnotherListIsRefused() {
    Answer refused = list("2", "eyJ0YXNrX2lkIjoiYSJ9");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().at("/errors/0/parameter").textValue()).isEqualTo("cursor");
  }

  @Test
  void aTemplateOfSomebodyElseDoesNotExist() {
    Answer created = create(named("n"));

    for (String path :
        List.of(path(created), path(created) + "/versions", path(created) + "/versions/1")) {
      Answer answer = get(stranger, path);
      assertThat(answer.status()).as(path).isEqualTo(404);
      String unknown = newId();
      assertThat(answer.body().replace(id(created), unknown))
          .isEqualTo(get(stranger, path.replace(id(created), unknown)).body());
    }
    assertThat(put(stranger, path(created), "*", named("mine")).status()).isEqualTo(404);
    assertThat(get(stranger, "/v1/templates").json().get("items")).isEmpty();
    assertThat(get(user, path(created)).body()).isEqualTo(created.body());
  }

  @ParameterizedTest
  @CsvSource({"2", "0", "-1", "x", "99999999", "100000000", "99999999999999999999"})
  void aVersionThatDoesNotExistIsNotFound(String version) {
    Answer created = create(named("n"));

    assertThat(get(user, path(created) + "/versions/" + version).status()).isEqualTo(404);
  }

  @Test
  void aRepeatedRequestMakesNothingTwice() {
    Answer first = createWithKey("k", named("n"));
    now = now.plus(Duration.ofMinutes(1));

    Answer again = createWithKey("k", named("n"));

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(createWithKey("k", named("m")).status()).isEqualTo(422);
    assertThat(get(user, "/v1/templates").json().get("items")).hasSize(1);
  }

  private Answer create(String body) {
    return api.call("POST", "/v1/templates").as(user).json(body).send();
  }

  private Answer createWithKey(String key, String body) {
    return api.call("POST", "/v1/templates")
        .as(user)
        .header("idempotency-key", key)
        .json(body)
        .send();
  }

  private Answer get(String caller, String path) {
    return api.call("GET", path).as(caller).send();
  }

  private Answer put(String caller, String path, String etag, String body) {
    TestingApi.Call call = api.call("PUT", path).as(caller).json(body);
    return etag == null ? call.send() : call.ifMatch(etag).send();
  }

  private Answer list(String limit, String cursor) {
    TestingApi.Call call = api.call("GET", "/v1/templates").as(user).query("limit", limit);
    return cursor == null ? call.send() : call.query("cursor", cursor).send();
  }

  private static List<String> names(Answer list) {
    return list.json().get("items").findValuesAsText("name");
  }

  private static String named(String name) {
    ObjectNode body = Json.MAPPER.createObjectNode().put("name", name);
    body.putArray("steps").addObject().put("id", "a").put("prompt", "About {{ topic }}.");
    return body.toString();
  }

  private static String withSteps(String steps) {
    return "{'name':'n','steps':[%s]}".formatted(steps.replace("\"", "\\\"")).replace('\'', '"');
  }

  private static String newId() {
    return TaskIds.timeOrdered().get();
  }

  private static String id(Answer template) {
    return template.json().get("template_id").textValue();
  }

  private static String path(Answer template) {
    return "/v1/templates/" + id(template);
  }

  private static List<String> pointers(Answer answer) {
    return answer.json().get("errors").findValuesAsText("pointer");
  }
}
