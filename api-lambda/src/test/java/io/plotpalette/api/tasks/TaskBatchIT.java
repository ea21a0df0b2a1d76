package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskBatchIT {
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
  void everyOperationHasItsOwnResult() {
    String id = taskId(batch("{'op':'create','task':{'title':'first'}}"), 0);
    String doomed = taskId(batch("{'op':'create','task':{'title':'doomed'}}"), 0);

    Answer answer =
        batch(
            """
            {'op':'create','task':{'title':'second'}},
            {'op':'create','task':{'colour':'red'}},
            {'op':'update','task_id':'%1$s','if_match':'\\"1\\"','patch':{'status':'done'}},
            {'op':'update','task_id':'%1$s','if_match':'\\"1\\"','patch':{'status':'todo'}},
            {'op':'update','task_id':'%1$s','if_match':'nonsense','patch':{}},
            {'op':'delete','task_id':'%2$s','if_match':'*'},
            {'op':'delete','task_id':'%2$s','if_match':'*'}"""
                .formatted(id, doomed));

    JsonNode results = answer.json().get("results");
    assertThat(results.findValuesAsText("status"))
        .containsSubsequence("201", "422", "200", "412", "400", "204", "404");
    assertThat(results).hasSize(7);
    assertThat(results.at("/1/problem/errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/title", "/colour");
    assertThat(results.at("/2/version").intValue()).isEqualTo(2);
    assertThat(results.at("/3/problem/current_version").intValue()).isEqualTo(2);
    assertThat(get(id).json().get("status").textValue()).isEqualTo("done");
    assertThat(get(doomed).status()).isEqualTo(404);
    assertThat(get(taskId(answer, 0)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'op':'create'} | /operations/0/task",
        "{'op':'delete','task_id':'019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01'} | /operations/0/if_match",
        "{'op':'update','if_match':'*','patch':{}} | /operations/0/task_id",
        "{'op':'upsert'} | /operations/0/op",
        "{} | /operations/0/op",
        "`` | /operations"
      })
  void whatIsNoOperationIsRefusedBeforeAnythingIsDone(String operation, String pointer) {
    Answer answer = batch(operation);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("errors").findValuesAsText("pointer")).contains(pointer);
  }

  @Test
  void aHundredOperationsAreTakenAndNoMore() {
    String create = "{'op':'create','task':{'title':'t'}}";

    assertThat(batch(String.join(",", Collections.nCopies(100, create))).status()).isEqualTo(202);
    assertThat(batch(String.join(",", Collections.nCopies(101, create))).status()).isEqualTo(422);
  }

  @Test
  void aBatchSentAgainUnderItsKeyWritesOnce() {
    String body =
        "{\"operations\":[%s]}"
            .formatted(
                String.join(
                    ",",
                    Collections.nCopies(10, "{\"op\":\"create\",\"task\":{\"title\":\"t\"}}")));

    Answer first = keyed(body);

    assertThat(keyed(body)).isEqualTo(first);
    assertThat(list()).hasSize(10);
  }

  @Test
  void theLargestAnswerFitsWhereAnswersAreKept() {
    String name = "😀".repeat(100);
    StringBuilder task = new StringBuilder("{");
    for (int i = 0; i < 25; i++) {
      task.append("\"").append(i).append(name).append("\":1,");
    }
    String operation =
        "{\"op\":\"create\",\"task\":" + task.append("\"title\":\"\"}").toString() + "}";

    Answer answer =
        keyed(
            "{\"operations\":[%s]}"
                .formatted(String.join(",", Collections.nCopies(25, operation))));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(300_000);
  }

  private Answer keyed(String body) {
    return api.call("POST", "/v1/tasks/batch")
        .as(user)
        .header("Idempotency-Key", "key")
        .json(body)
        .send();
  }

  private Answer batch(String operations) {
    return api.call("POST", "/v1/tasks/batch")
        .as(user)
        .json("{\"operations\":[%s]}".formatted(operations.replace('\'', '"')))
        .send();
  }

  private static String taskId(Answer answer, int result) {
    return answer.json().at("/results/" + result + "/task_id").textValue();
  }

  private Answer get(String id) {
    return api.call("GET", "/v1/tasks/" + id).as(user).send();
  }

  private List<String> list() {
    return api.call("GET", "/v1/tasks").as(user).send().json().findValuesAsText("task_id");
  }
}
