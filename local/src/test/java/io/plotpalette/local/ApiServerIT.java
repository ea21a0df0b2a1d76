package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.local.client.TokenClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs more than one part of the API's surroundings: gateway, queue, log-in. */
class ApiServerIT {
  private static final Duration DONE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;

  private static TestingApiServer server;

  @BeforeAll
  static void start() {
    server = TestingApiServer.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void aWriteThatMayTakeItsTimeIsDoneThroughTheQueue() throws Exception {
    String token = token("ada");

    HttpResponse<String> accepted =
        send(
            request("/v1/tasks", token)
                .header("Prefer", "respond-async")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"title\":\"Later\"}")));

    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("preference-applied")).contains("respond-async");
    JsonNode result = awaitDone(accepted, token).path("results").path(0);
    assertThat(result.path("status").intValue()).isEqualTo(201);
    HttpResponse<String> task =
        send(request("/v1/tasks/" + result.path("task_id").textValue(), token).GET());
    assertThat(task.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(task.body()).path("title").textValue()).isEqualTo("Later");
  }

  @Test
  void aLargeBatchIsDoneWholeAndOnce() throws Exception {
    String token = token("ben");
    String operations =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    "{\"op\":\"create\",\"task\":{\"title\":\"%d\",\"description\":\"%s\"}}"
                        .formatted(i, "x".repeat(9_000)))
            .collect(Collectors.joining(",", "{\"operations\":[", "]}"));

    HttpResponse<String> accepted =
        send(
            request("/v1/tasks/batch", token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(operations)));

    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    JsonNode done = awaitDone(accepted, token);
    assertThat(done.path("results").findValues("status"))
        .hasSize(100)
        .allMatch(status -> status.intValue() == 201);
    HttpResponse<String> list = send(request("/v1/tasks?limit=100", token).GET());
    assertThat(JSON.readTree(list.body()).path("items").findValuesAsText("title"))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 100).mapToObj(Integer::toString).toList());
  }

  @Test
  void tasksLeaveAndComeBackAsAFile() throws Exception {
    String from = token("cleo");
    send(
        request("/v1/tasks", from)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"title\":\"Travels\"}")));

    // When one user's file is given to another
    HttpResponse<String> export =
        send(request("/v1/tasks/exports", from).POST(BodyPublishers.noBody()));
    assertThat(export.statusCode()).as(export.body()).isEqualTo(202);
    String address = awaitDone(export, from).path("download_url").textValue();
    byte[] file =
        HTTP.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofByteArray())
            .body();
    String to = token("dan");
    HttpResponse<String> upload =
        send(
            request("/v1/tasks/imports", to)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"size_bytes\":%d}".formatted(file.length))));
    assertThat(upload.statusCode()).as(upload.body()).isEqualTo(201);
    JsonNode place = JSON.readTree(upload.body());
    assertThat(
            send(HttpRequest.newBuilder(URI.create(place.path("upload_url").textValue()))
                    .PUT(BodyPublishers.ofByteArray(file)))
                .statusCode())
        .isEqualTo(200);
    HttpResponse<String> started =
        send(
            request("/v1/tasks/imports/" + place.path("import_id").textValue() + "/start", to)
                .POST(BodyPublishers.noBody()));
    assertThat(started.statusCode()).as(started.body()).isEqualTo(202);

    // Then the other has the task
    assertThat(awaitDone(started, to).path("imported").intValue()).isEqualTo(1);
    HttpResponse<String> list = send(request("/v1/tasks", to).GET());
    assertThat(JSON.readTree(list.body()).at("/items/0/title").textValue()).isEqualTo("Travels");
  }

  @Test
  void whatTheContractDoesNotHaveIsAProblemOfTheApi() throws Exception {
    HttpResponse<String> wrongMethod = send(request("/v1/tasks", null).DELETE());
    assertThat(wrongMethod.statusCode()).isEqualTo(405);
    assertThat(wrongMethod.headers().firstValue("allow")).contains("GET, POST");
    assertThat(wrongMethod.headers().firstValue("content-type"))
        .contains("application/problem+json");

    HttpResponse<String> wrongPath = send(request("/v1/nothing", null).GET());
    assertThat(wrongPath.statusCode()).isEqualTo(404);
    assertThat(wrongPath.headers().firstValue("content-type")).contains("application/problem+json");
  }

  @Test
  void whoDeletesTheirProfileCannotLogInAnyMore() throws Exception {
    String email = "eve@example.com";
    String password = "Correct-Horse-9";
    TokenClient tokens = new TokenClient(HTTP, server.api().tokens(), PaletteServer.CLIENT_ID);
    tokens.signUp(email, password);
    tokens.confirm(email, Files.readString(folder.resolve("mail/" + email + ".txt")).strip());
    String token = tokens.logIn(email, password);

    HttpResponse<String> deleted =
        send(request("/v1/users/me", token).header("If-Match", "*").DELETE());

    assertThat(deleted.statusCode()).as(deleted.body()).isEqualTo(204);
    assertThatThrownBy(() -> tokens.logIn(email, password))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NotAuthorizedException");
  }

  private static JsonNode awaitDone(HttpResponse<String> accepted, String token) {
    String location = accepted.headers().firstValue("location").orElseThrow();
    return await()
        .atMost(DONE)
        .until(
            () -> JSON.readTree(send(request(location, token).GET()).body()),
            status -> status.path("status").asText().equals("done"));
  }

  private static String token(String name) throws Exception {
    return server.api().signUpAndLogIn(HTTP, name);
  }

  private static HttpRequest.Builder request(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.api().api() + path))
            .timeout(Duration.ofSeconds(35));
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }
}
