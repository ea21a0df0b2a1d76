package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskTransferIT {
  private static TestingDynamoDb dynamoDb;

  private final String user = UUID.randomUUID().toString();
  private final TestingApi api =
      new TestingApi(
          new TasksHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(dynamoDb.client()),
              () -> Instant.parse("2026-11-20T09:00:00Z"),
              TaskIds.timeOrdered()));

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    dynamoDb.close();
  }

  @Test
  void whatIsExportedCanBeImportedAndIsTheSameButForIdsAndTimes() {
    // Given
    String whole =
        create(
            user,
            """
            {"title":"Whole \\"quoted\\"","description":"a\\nb","status":"done","labels":["x"],
             "due_at":"2026-12-01T17:00:00+01:00","time_zone":"Europe/Berlin",
             "estimate_minutes":3,"metadata":{"a":"b"}}""");
    create(user, "{\"title\":\"Part\",\"parent_id\":\"%s\"}".formatted(whole));
    List<JsonNode> exported = export(user);
    String other = UUID.randomUUID().toString();

    // When
    Answer answer = importLines(other, lines(exported));

    // Then
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("imported").intValue()).isEqualTo(2);
    List<JsonNode> imported = export(other);
    assertThat(input(imported)).containsExactlyInAnyOrderElementsOf(input(exported));
    JsonNode newWhole = titled(imported, "Whole \"quoted\"");
    assertThat(newWhole.get("task_id")).isNotEqualTo(new TextNode(whole));
    assertThat(titled(imported, "Part").get("parent_id")).isEqualTo(newWhole.get("task_id"));
  }

  @Test
  void anExportTooLargeForOneAnswerGoesOnInTheNext() {
    // Quotes are sent as four bytes: twice escaped.
    String description = "\\\"".repeat(10_000);
    for (int i = 0; i < 170; i++) {
      create(user, "{\"title\":\"t\",\"description\":\"%s\"}".formatted(description));
    }

    Answer first = api.call("GET", "/v1/tasks/export").as(user).send();

    String link = first.headers().get("Link");
    assertThat(link).matches("</v1/tasks/export\\?cursor=[A-Za-z0-9_-]+>; rel=\"next\"");
    assertThat(first.body().lines().count()).isBetween(100L, 130L);
    assertThat(export(user))
        .extracting(task -> task.get("task_id"))
        .hasSize(170)
        .doesNotHaveDuplicates();
  }

  @Test
  void nothingIsAnEmptyExport() {
    assertThat(export(user)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"{'title':1} | 422", "{'title' | 400", "[] | 400", "{'colour':1} | 422"})
  void oneWrongLineStopsAll(String line, int status) {
    Answer answer = importLines(user, "{\"title\":\"t\"}\n\n" + line.replace('\'', '"') + "\n");

    assertThat(answer.status()).isEqualTo(status);
    if (status == 422) {
      assertThat(answer.json().at("/errors/0/pointer").textValue()).startsWith("/1/");
    } else {
      assertThat(answer.json().get("detail").textValue()).startsWith("Line 3 ");
    }
    assertThat(export(user)).isEmpty();
  }

  @Test
  void anImportSentAgainUnderItsKeyCreatesOnce() {
    String lines = "{\"title\":\"a\"}\n{\"title\":\"b\"}";

    assertThat(importLines(user, lines)).isEqualTo(importLines(user, lines));

    assertThat(export(user)).hasSize(2);
  }

  @Test
  void oneImportTakesAThousandLines() {
    assertThat(importLines(user, "{\"title\":\"t\"}\n".repeat(1_001)).status()).isEqualTo(422);
    assertThat(importLines(user, "").json().get("imported").intValue()).isZero();
  }

  private Answer importLines(String to, String lines) {
    return api.call("POST", "/v1/tasks/import")
        .as(to)
        .header("content-type", "application/jsonl")
        .header("Idempotency-Key", "import-" + lines.length())
        .body(lines)
        .send();
  }

  private String create(String owner, String body) {
    Answer answer = api.call("POST", "/v1/tasks").as(owner).json(body).send();
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().get("task_id").textValue();
  }

  private List<JsonNode> export(String owner) {
    List<JsonNode> tasks = new ArrayList<>();
    String cursor = null;
    do {
      TestingApi.Call call = api.call("GET", "/v1/tasks/export").as(owner);
      Answer part = cursor == null ? call.send() : call.query("cursor", cursor).send();
      assertThat(part.status()).isEqualTo(200);
      part.body().lines().forEach(line -> tasks.add(parse(line)));
      String link = part.headers().get("Link");
      cursor = link == null ? null : link.replaceAll(".*cursor=([^>]*)>.*", "$1");
    } while (cursor != null);
    return tasks;
  }

  private static JsonNode titled(List<JsonNode> tasks, String title) {
    return tasks.stream()
        .filter(task -> task.get("title").textValue().equals(title))
        .findFirst()
        .orElseThrow();
  }

  private static String lines(List<JsonNode> tasks) {
    return String.join("\n", tasks.stream().map(JsonNode::toString).toList());
  }

  private static List<JsonNode> input(List<JsonNode> tasks) {
    return tasks.stream()
        .map(task -> (JsonNode) ((ObjectNode) task.deepCopy()).remove(TaskJson.SET_BY_US))
        .map(task -> (JsonNode) ((ObjectNode) task).remove(Set.of("parent_id")))
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return Json.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }
}
