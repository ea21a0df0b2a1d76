package io.plotpalette.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The task API as one user calls it. */
public final class TasksClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(35);

  private final HttpClient http;
  private final URI api;
  private final String accessToken;

  public TasksClient(HttpClient http, URI api, String accessToken) {
    this.http = http;
    this.api = api;
    this.accessToken = accessToken;
  }

  /**
   * An answer of the API.
   *
   * @param body parsed, or missing if there is none
   */
  public record Answer(int status, JsonNode body) {
    public boolean isAccepted() {
      return status >= 200 && status < 300;
    }

    public String text(String field) {
      return body.path(field).textValue();
    }

    public long version() {
      return body.path("version").longValue();
    }
  }

  public Answer create(String json) throws IOException, InterruptedException {
    return send("POST", "", null, BodyPublishers.ofString(json));
  }

  public Answer get(String taskId) throws IOException, InterruptedException {
    return send("GET", "/" + taskId, null, BodyPublishers.noBody());
  }

  public Answer list(String query) throws IOException, InterruptedException {
    return send("GET", "?" + query, null, BodyPublishers.noBody());
  }

  public Answer replace(String taskId, long version, String json)
      throws IOException, InterruptedException {
    return send("PUT", "/" + taskId, version, BodyPublishers.ofString(json));
  }

  public Answer complete(String taskId, long version) throws IOException, InterruptedException {
    return send("POST", "/" + taskId + "/complete", version, BodyPublishers.noBody());
  }

  public Answer reopen(String taskId, long version) throws IOException, InterruptedException {
    return send("POST", "/" + taskId + "/reopen", version, BodyPublishers.noBody());
  }

  public Answer delete(String taskId, long version) throws IOException, InterruptedException {
    return send("DELETE", "/" + taskId, version, BodyPublishers.noBody());
  }

  private Answer send(String method, String below, Long version, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api + "/v1/tasks" + below))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + accessToken)
            .header("Content-Type", "application/json")
            .method(method, body);
    if (version != null) {
      request.header("If-Match", "\"" + version + "\"");
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    JsonNode parsed =
        response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body());
    return new Answer(response.statusCode(), parsed);
  }
}
