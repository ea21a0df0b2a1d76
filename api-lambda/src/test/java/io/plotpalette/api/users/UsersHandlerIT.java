package io.plotpalette.api.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.tasks.TasksHandler;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class UsersHandlerIT {
  private static TestingDynamoDb dynamoDb;
  private static TestingUserPool userPool;

  private final String user = UUID.randomUUID().toString();
  private final String token = "token-of-" + user;
  private Instant now = Instant.parse("2026-11-20T09:00:00Z");
  private final UserStore store =
      new UserStore(dynamoDb.client(), TestingDynamoDb.CONFIG.usersTable());
  private final TestingApi api =
      new TestingApi(new UsersHandler(config(), TestingClients.of(dynamoDb.client()), () -> now));

  @BeforeAll
  static void startDynamoDb() throws Exception {
    dynamoDb = TestingDynamoDb.start();
    userPool = TestingUserPool.start();
  }

  @AfterAll
  static void stopDynamoDb() throws Exception {
    userPool.close();
    dynamoDb.close();
  }

  @Test
  void aUserReadsTheirProfile() {
    signUp(user);

    Answer answer = me("GET").send();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString())
        .isEqualTo(
            """
            {"user_id":"%s","email":"%s@example.com","created_at":"2026-11-20T09:00:00.000Z",\
            "updated_at":"2026-11-20T09:00:00.000Z","version":1}"""
                .formatted(user, user));
    assertThat(me("GET").header("If-None-Match", answer.etag()).send().status()).isEqualTo(304);
  }

  @Test
  void whoHasNoProfileFindsNone() {
    assertThat(me("GET").send().status()).isEqualTo(404);
    assertThat(me("DELETE").ifMatch("*").send().status()).isEqualTo(404);
  }

  @Test
  void aProfileIsChangedVersionByVersion() {
    signUp(user);
    now = now.plusSeconds(1);

    Answer changed = change("\"1\"", "{\"display_name\":\"Ada\",\"time_zone\":\"Europe/London\"}");
    Answer cleared = change("*", "{\"time_zone\":null}");

    assertThat(changed.etag()).isEqualTo("\"2\"");
    assertThat(changed.json().get("updated_at").textValue()).isEqualTo("2026-11-20T09:00:01.000Z");
    assertThat(cleared.json().get("display_name").textValue()).isEqualTo("Ada");
    assertThat(cleared.json().has("time_zone")).isFalse();
    assertThat(me("GET").send().json()).isEqualTo(cleared.json());
    assertThat(change("\"1\"", "{}").status()).isEqualTo(412);
    assertThat(
            me("PATCH")
                .header("content-type", "application/merge-patch+json")
                .body("{}")
                .send()
                .status())
        .isEqualTo(428);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"email\":\"eve@example.com\"}",
        "{\"display_name\":\"\"}",
        "{\"time_zone\":\"Mars\"}",
        "{\"user_id\":\"x\"}",
        "[]"
      })
  void whatIsNotTheUsersToSetIsRefused(String patch) {
    signUp(user);

    assertThat(change("*", patch).status()).isEqualTo(422);
    assertThat(me("GET").send().etag()).isEqualTo("\"1\"");
  }

  @Test
  void deletingTheProfileLeavesNothingOfTheUserAndAllOfOthers() {
    // Given
    signUp(user);
    TestingApi tasks =
        new TestingApi(
            new TasksHandler(
                TestingDynamoDb.CONFIG,
                TestingClients.of(dynamoDb.client()),
                () -> now,
                TaskIds.timeOrdered()));
    List<String> ids = new ArrayList<>();
    for (String owner : List.of(user, "neighbour-of-" + user)) {
      for (int i = 0; i < 30; i++) {
        ids.add(
            tasks
                .call("POST", "/v1/tasks")
                .as(owner)
                .json("{\"title\":\"t\"}")
                .send()
                .json()
                .get("task_id")
                .textValue());
      }
    }
    tasks.call("DELETE", "/v1/tasks/" + ids.get(0)).as(user).ifMatch("*").send();
    assertThat(items(TestingDynamoDb.CONFIG.taskTombstonesTable(), user)).isEqualTo(1);

    // When
    assertThat(me("DELETE").ifMatch("\"7\"").send().status()).isEqualTo(412);
    assertThat(items(TestingDynamoDb.CONFIG.tasksTable(), user)).isEqualTo(29);
    Answer deleted = me("DELETE").ifMatch("\"1\"").send();

    // Then
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(items(TestingDynamoDb.CONFIG.tasksTable(), user)).isZero();
    assertThat(items(TestingDynamoDb.CONFIG.taskTombstonesTable(), user)).isZero();
    assertThat(items(TestingDynamoDb.CONFIG.tasksTable(), "neighbour-of-" + user)).isEqualTo(30);
    assertThat(me("GET").send().status()).isEqualTo(404);
    assertThat(userPool.has(token)).isFalse();
    assertThat(me("DELETE").ifMatch("\"1\"").send().status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "InternalErrorException, 503",
    "com.amazonaws#TooManyRequestsException, 503",
    "NotAuthorizedException, 401"
  })
  void aUserPoolThatFailsLeavesTheAccountToTheNextCall(String type, int status) {
    // Given
    signUp(user);
    userPool.fail(type);

    // When
    Answer first = me("DELETE").ifMatch("\"1\"").send();
    userPool.fail(null);
    Answer second = me("DELETE").ifMatch("\"1\"").send();

    // Then
    assertThat(first.status()).isEqualTo(status);
    assertThat(second.status()).isEqualTo(204);
    assertThat(userPool.has(token)).isFalse();
  }

  @Test
  void aUserPoolThatCannotBeReachedIsUnavailable() {
    signUp(user);
    TestingApi unreachable =
        new TestingApi(
            new UsersHandler(
                TestingDynamoDb.config(URI.create("http://127.0.0.1:1")),
                TestingClients.of(dynamoDb.client()),
                () -> now));

    Answer answer =
        unreachable
            .call("DELETE", "/v1/users/me")
            .as(user)
            .header("Authorization", token)
            .ifMatch("*")
            .send();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(me("DELETE").ifMatch("*").send().status()).isEqualTo(204);
  }

  @Test
  void withoutTheTokenNothingIsDeleted() {
    signUp(user);

    Answer answer = api.call("DELETE", "/v1/users/me").as(user).ifMatch("*").send();

    assertThat(answer.status()).isEqualTo(401);
    assertThat(me("GET").send().status()).isEqualTo(200);
  }

  @Test
  void aDeletionThatTakesTooLongIsGoneOnWithByTheNextCall() {
    signUp(user);
    Instant start = now;
    int[] looks = {0};
    // The clock jumps past the deadline once the erasing has begun.
    TestingApi slow =
        new TestingApi(
            new UsersHandler(
                config(),
                TestingClients.of(dynamoDb.client()),
                () -> looks[0]++ == 0 ? start : start.plusSeconds(60)));

    Answer answer =
        slow.call("DELETE", "/v1/users/me")
            .as(user)
            .header("authorization", "Bearer " + token)
            .ifMatch("*")
            .send();

    assertThat(answer.status()).isEqualTo(503);
    assertThat(me("GET").send().status()).isEqualTo(200);
    assertThat(me("DELETE").ifMatch("*").send().status()).isEqualTo(204);
  }

  @Test
  void administratorsReadEveryone() {
    List<String> users = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      now = now.plusSeconds(1);
      users.add(0, user + "-" + i);
      signUp(users.get(0));
    }

    List<String> listed = new ArrayList<>();
    String cursor = null;
    do {
      TestingApi.Call call =
          api.call("GET", "/v1/users").as("boss").inGroup("user admin").query("limit", "2");
      Answer page = cursor == null ? call.send() : call.query("cursor", cursor).send();
      listed.addAll(page.json().get("items").findValuesAsText("user_id"));
      cursor = page.json().path("next_cursor").textValue();
    } while (cursor != null);

    assertThat(listed).containsSubsequence(users).doesNotHaveDuplicates();
    Answer one = api.call("GET", "/v1/users/" + users.get(0)).as("boss").inGroup("admin").send();
    assertThat(one.json().get("user_id").textValue()).isEqualTo(users.get(0));
    assertThat(api.call("GET", "/v1/users/nobody").as("boss").inGroup("admin").send().status())
        .isEqualTo(404);
  }

  @Test
  void othersAreNotToldWhoExists() {
    signUp(user);

    Answer existing = api.call("GET", "/v1/users/" + user).as("eve").inGroup("user").send();
    Answer unknown = api.call("GET", "/v1/users/" + UUID.randomUUID()).as("eve").send();

    assertThat(existing.status()).isEqualTo(403);
    assertThat(unknown.status()).isEqualTo(403);
    assertThat(unknown.json().get("detail")).isEqualTo(existing.json().get("detail"));
    assertThat(api.call("GET", "/v1/users").as("eve").inGroup("administrators").send().status())
        .isEqualTo(403);
    assertThat(api.call("GET", "/v1/users/" + user).as(user).send().status()).isEqualTo(403);
  }

  private void signUp(String id) {
    store.addIfAbsent(id, id + "@example.com", now);
    userPool.add("token-of-" + id);
  }

  private TestingApi.Call me(String method) {
    return api.call(method, "/v1/users/me").as(user).header("authorization", "Bearer " + token);
  }

  private static ApiConfig config() {
    return TestingDynamoDb.config(userPool.endpoint());
  }

  private Answer change(String ifMatch, String patch) {
    return me("PATCH")
        .ifMatch(ifMatch)
        .header("content-type", "application/merge-patch+json")
        .body(patch)
        .send();
  }

  private static int items(String table, String owner) {
    return dynamoDb
        .client()
        .query(
            request ->
                request
                    .tableName(table)
                    .keyConditionExpression("user_id = :user")
                    .expressionAttributeValues(Map.of(":user", AttributeValue.fromS(owner))))
        .count();
  }
}
