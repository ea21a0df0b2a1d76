package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.UnreachableDynamoDbClient;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskBodyTest {
  private final TestingApi api =
      new TestingApi(
          new TasksHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(new UnreachableDynamoDbClient()),
              InstantSource.system(),
              () -> "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/title|5|integer found, string expected",
        "/title|\"\"|must be at least 1 characters long",
        "/title|\" \\t\\u00a0\\u3000\"|must not be blank",
        "/title|\"two\\nlines\"|must not contain control characters",
        "/title|\"a line break at the end\\n\"|must not contain control characters",
        "/description|null|null found, string expected",
        "/description|\"\\u0000\"|must not contain control characters other than",
        "/status|\"later\"|does not have a value in the enumeration",
        "/priority|\"HIGH\"|does not have a value in the enumeration",
        "/labels|\"a\"|string found, array expected",
        "/labels|[\"a\",\"a\"]|must have only unique items in the array",
        "/labels/0|[\"\"]|must be at least 1 characters long",
        "/labels/1|[\"a\",7]|integer found, string expected",
        "/due_date|\"2026-02-30\"|must be a day such as",
        "/due_date|\"2026-2-3\"|must be a day such as",
        "/due_date|\"0001-01-01\"|must be from 0001-01-02 to 9999-12-30",
        "/due_date|\"9999-12-31\"|must be from 0001-01-02 to 9999-12-30",
        "/due_at|\"2026-12-01\"|must be a moment such as",
        "/due_at|\"2026-12-01T24:00:00Z\"|must be a moment such as",
        "/due_at|\"2026-12-01T17:00:00+19:00\"|must be a moment such as",
        "/due_at|\"9999-12-31T23:59:59-01:00\"|must be in the years 0001 to 9999",
        "/time_zone|\"Europe/Atlantis\"|must be a name of the IANA time zone database",
        "/time_zone|\"+02:00\"|must be a name of the IANA time zone database",
        "/estimate_minutes|1.5|number found, integer expected",
        "/estimate_minutes|-1|must have a minimum value of 0",
        "/estimate_minutes|525601|must have a maximum value of 525600",
        "/estimate_minutes|1e400|number found, integer expected",
        "/parent_id|\"17\"|must be a UUID in lower case",
        "/metadata|[]|array found, object expected",
        "/metadata/a|{\"a\":1}|integer found, string expected",
        "/metadata/a~1b|{\"a/b\":null}|null found, string expected",
        "/metadata/|{\"\":\"x\"}|must have names of 1 to 50 characters",
        "/metadata/#a|{\"#a\":1}|must not start with #",
        "/colour|\"red\"|is not a known field",
        "/#colour|\"red\"|must not start with #",
        "/task_id|\"019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01\"|is not a known field",
        "/version|1|is not a known field",
      })
  void aWrongFieldIsPointedAt(String pointer, String value, String detail) {
    String field = pointer.split("/", -1)[1];
    String title = field.equals("title") ? "" : "\"title\":\"title\",";

    Answer answer = post("{%s\"%s\":%s}".formatted(title, field, value));

    assertThat(answer.status()).as(answer.body()).isEqualTo(422);
    JsonNode errors = answer.json().get("errors");
    assertThat(errors).as(answer.body()).hasSize(1);
    assertThat(errors.at("/0/pointer").textValue()).isEqualTo(pointer);
    assertThat(errors.at("/0/detail").textValue()).startsWith(detail);
  }

  @Test
  void aMissingTitleIsPointedAt() {
    assertThat(post("{}").json().get("errors").toString())
        .isEqualTo("[{\"pointer\":\"/title\",\"detail\":\"is required\"}]");
  }

  @Test
  void bothKindsOfDueTimeAtOnceAreRefused() {
    Answer answer =
        post(
            """
            {"title":"t","due_date":"2026-12-01","due_at":"2026-12-01T10:00:00Z"}
            """);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("errors").toString())
        .isEqualTo(
            "[{\"pointer\":\"/due_at\",\"detail\":\"must not be given together with due_date\"}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"text\"", "null", "5"})
  void aBodyThatIsNoObjectIsPointedAtAsAWhole(String body) {
    Answer answer = post(body);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().at("/errors/0/pointer").textValue()).isEmpty();
  }

  @Test
  void sizesAreCountedInCharactersNotInCodeUnits() {
    ObjectNode body = Json.MAPPER.createObjectNode();

    // The unreachable table answers 500: the body has passed.
    assertThat(post(body.put("title", "😀".repeat(200)).toString()).status()).isEqualTo(500);
    assertThat(post(body.put("title", "😀".repeat(201)).toString()).status()).isEqualTo(422);
  }

  @Test
  void aWholeNumberMayBeWrittenWithAFraction() {
    assertThat(post("{\"title\":\"t\",\"estimate_minutes\":5.0}").status()).isEqualTo(500);
  }

  @Test
  void countsAndSizesAreLimited() {
    ObjectNode body = Json.MAPPER.createObjectNode().put("title", "t");
    body.put("description", "d".repeat(10_001));
    ArrayNode labels = body.putArray("labels");
    ObjectNode metadata = body.putObject("metadata");
    for (int i = 0; i < 21; i++) {
      labels.add("label " + i);
      metadata.put("name " + i, "v");
    }

    JsonNode errors = post(body.toString()).json().get("errors");

    assertThat(errors.findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/description", "/labels", "/metadata");
  }

  @Test
  void valuesAndNamesOfMetadataAreLimited() {
    ObjectNode body = Json.MAPPER.createObjectNode().put("title", "t");
    body.putObject("metadata").put("n".repeat(51), "v").put("long", "v".repeat(501));

    JsonNode errors = post(body.toString()).json().get("errors");

    assertThat(errors.findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/metadata/long", "/metadata/" + "n".repeat(51));
  }

  @Test
  void anAnswerStaysSmallHoweverMuchIsWrong() {
    ObjectNode body = Json.MAPPER.createObjectNode();
    for (int i = 0; i < 500; i++) {
      body.put(i + "x".repeat(1_000), i);
    }

    Answer answer = post(body.toString());

    assertThat(answer.json().get("errors")).hasSize(20);
    assertThat(answer.body()).hasSizeLessThan(5_000);
  }

  private Answer post(String body) {
    return api.call("POST", "/v1/tasks").as("user").json(body).send();
  }
}
