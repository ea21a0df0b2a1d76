package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.uuid.Generators;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.model.task.TaskAttribute;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class TaskChangesIT {
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

  @Test
  void theFirstRoundBringsEveryTaskAndTheNextOnlyWhatHasChanged() {
    // Given
    String kept = create();
    String changed = create();
    String deleted = create();
    JsonNode first = changes(null);
    now = now.plusSeconds(3600);
    first = changes(cursor(first));

    // When
    complete(changed);
    delete(deleted);
    JsonNode second = changes(cursor(first));

    // Then
    assertThat(changes(null).findValuesAsText("task_id")).contains(kept, changed);
    assertThat(second.get("items")).hasSize(2);
    assertThat(second.at("/items/0").toString())
        .isEqualTo(
            "{\"change\":\"deleted\",\"task_id\":\"%s\",\"deleted_at\":\"2026-11-20T10:00:00.000Z\"}"
                .formatted(deleted));
    assertThat(second.at("/items/1/change").textValue()).isEqualTo("updated");
    assertThat(second.at("/items/1/task/version").intValue()).isEqualTo(2);
    assertThat(second.get("has_more").booleanValue()).isFalse();
  }

  @Test
  void whatAppearsLateWithAnEarlierTimeIsNotMissed() {
    JsonNode round = changes(null);

    now = now.minusSeconds(59);
    String late = create();
    String gone = create();
    delete(gone);
    now = now.plusSeconds(59);

    assertThat(changes(cursor(round)).findValuesAsText("task_id")).contains(late, gone);
  }

  @Test
  void aPageIsFollowedByTheNextUntilNothingIsLeft() {
    for (int i = 0; i < 5; i++) {
      delete(create());
      create();
    }

    Map<String, Integer> versions = new HashMap<>();
    JsonNode page = changes(null, "2");
    follow(page, versions);
    while (page.get("has_more").booleanValue()) {
      assertThat(page.get("items")).hasSizeLessThanOrEqualTo(2);
      page = changes(cursor(page), "2");
      follow(page, versions);
    }

    assertThat(versions).hasSize(5);
  }

  @Test
  void aFollowerKnowsAfterManyRandomWritesWhatIsThere() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, Integer> actual = new HashMap<>();
    Map<String, Integer> followed = new HashMap<>();
    String cursor = null;

    for (int i = 0; i < 200; i++) {
      // Clocks of functions differ by up to a minute less a moment.
      Instant wall = START.plusSeconds(20L * i);
      now = wall.minusSeconds(random.nextInt(50));
      String some = actual.keySet().stream().sorted().findFirst().orElse(null);
      switch (some == null ? 0 : random.nextInt(3)) {
        case 0 -> actual.put(create(), 1);
        case 1 -> {
          api.call("PATCH", "/v1/tasks/" + some)
              .as(user)
              .ifMatch("*")
              .header("content-type", "application/merge-patch+json")
              .body("{}")
              .send();
          actual.merge(some, 1, Integer::sum);
        }
        default -> {
          delete(some);
          actual.remove(some);
        }
      }
      now = wall;
      if (random.nextInt(3) == 0) {
        JsonNode page = changes(cursor, Integer.toString(1 + random.nextInt(5)));
        follow(page, followed);
        cursor = cursor(page);
      }
    }
    // The round that is going on may be past what came late; the next one brings it.
    for (int rounds = 0; rounds < 2; rounds++) {
      JsonNode page;
      do {
        page = changes(cursor, "100");
        follow(page, followed);
        cursor = cursor(page);
      } while (page.get("has_more").booleanValue());
    }

    assertThat(followed).as("seed " + seed).isEqualTo(actual);
  }

  @Test
  void aCursorOlderThanTheMemoryForDeletionsHasExpired() {
    String cursor = cursor(changes(null));
    now = now.plus(Duration.ofDays(30).minusSeconds(60));
    assertThat(call(cursor, "1").status()).isEqualTo(200);

    now = now.plusSeconds(1);
    Answer expired = call(cursor, "1");

    assertThat(expired.status()).isEqualTo(410);
    assertThat(expired.json().get("type").textValue())
        .isEqualTo("urn:plot-palette:problem:cursor-expired");
  }

  @Test
  void aCursorOfAListIsBrokenHere() {
    create();
    create();
    String cursor =
        api.call("GET", "/v1/tasks")
            .as(user)
            .query("limit", "1")
            .send()
            .json()
            .get("next_cursor")
            .textValue();

    assertThat(call(cursor, "1").status()).isEqualTo(400);
  }

  @Test
  void anotherUsersChangesAreNotShown() {
    delete(create());
    create();
    String cursor = cursor(changes(null, "1"));

    JsonNode others =
        api.call("GET", "/v1/tasks/changes").as("other").query("cursor", cursor).send().json();

    assertThat(others.get("items")).isEmpty();
  }

  @Test
  void aTombstoneExpiresThirtyDaysAfterTheDeletion() {
    String id = create();
    delete(id);

    Map<String, AttributeValue> item =
        dynamoDb
            .client()
            .getItem(
                request ->
                    request
                        .tableName(TestingDynamoDb.CONFIG.taskTombstonesTable())
                        .key(
                            Map.of(
                                TaskAttribute.USER_ID,
                                AttributeValue.fromS(user),
                                "tombstone_key",
                                AttributeValue.fromS("2026-11-20T09:00:00.000Z#" + id))))
            .item();

    assertThat(Instant.ofEpochSecond(Long.parseLong(item.get("expires_at").n())))
        .isEqualTo(START.plus(Duration.ofDays(30)));
  }

  @Test
  void aRefusedDeletionLeavesNoTombstone() {
    String id = create();

    int status = api.call("DELETE", "/v1/tasks/" + id).as(user).ifMatch("\"7\"").send().status();

    assertThat(status).isEqualTo(412);
    assertThat(changes(null).toString()).doesNotContain("deleted");
  }

  private static void follow(JsonNode page, Map<String, Integer> versions) {
    for (JsonNode item : page.get("items")) {
      String id = item.get("task_id").textValue();
      if (item.get("change").textValue().equals("deleted")) {
        versions.remove(id);
      } else {
        versions.merge(id, item.at("/task/version").intValue(), Math::max);
      }
    }
  }

  private JsonNode changes(String cursor) {
    return changes(cursor, "100");
  }

  private JsonNode changes(String cursor, String limit) {
    Answer answer = call(cursor, limit);
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  private Answer call(String cursor, String limit) {
    TestingApi.Call call = api.call("GET", "/v1/tasks/changes").as(user).query("limit", limit);
    return cursor == null ? call.send() : call.query("cursor", cursor).send();
  }

  private static String cursor(JsonNode page) {
    return page.get("next_cursor").textValue();
  }

  private String create() {
    return api.call("POST", "/v1/tasks")
        .as(user)
        .json("{\"title\":\"t\"}")
        .send()
        .json()
        .get("task_id")
        .textValue();
  }

  private void complete(String id) {
    api.call("POST", "/v1/tasks/" + id + "/complete").as(user).ifMatch("*").send();
  }

  private void delete(String id) {
    assertThat(api.call("DELETE", "/v1/tasks/" + id).as(user).ifMatch("*").send().status())
        .isEqualTo(204);
  }

  /** In order of creation also within a millisecond. */
  private static Supplier<String> ids() {
    var generator = Generators.timeBasedEpochGenerator();
    return () -> generator.generate().toString();
  }
}
