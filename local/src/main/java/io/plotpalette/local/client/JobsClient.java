package io.plotpalette.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Datasets as one user orders, watches and fetches them. */
public final class JobsClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(35);
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  private final HttpClient http;
  private final URI api;
  private final String accessToken;

  public JobsClient(HttpClient http, URI api, String accessToken) {
    this.http = http;
    this.api = api;
    this.accessToken = accessToken;
  }

  /**
   * How far a job is.
   *
   * @param etag to ask for the next change with
   */
  public record Dashboard(String etag, JsonNode body) {}

  /** The API did not answer with a dashboard. */
  public static final class AnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    AnswerException(int status, String body) {
      super("The API answered %d: %s".formatted(status, body));
      this.status = status;
    }

    public int status() {
      return status;
    }
  }

  /**
   * Looks at a job.
   *
   * @param etag of the last look; null for the first
   * @return empty if nothing has changed since
   * @throws AnswerException for any other answer
   */
  public Optional<Dashboard> dashboard(String jobId, String etag)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api + "/v1/dashboard/" + jobId))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + accessToken);
    if (etag != null) {
      request.header("If-None-Match", etag);
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return switch (response.statusCode()) {
      case OK ->
          Optional.of(
              new Dashboard(
                  response.headers().firstValue("ETag").orElse(null),
                  JSON.readTree(response.body())));
      case NOT_MODIFIED -> Optional.empty();
      default -> throw new AnswerException(response.statusCode(), response.body());
    };
  }

  /**
   * Uploads a seed file as a browser would: asks for an address, and puts the bytes there.
   *
   * @return id of the seed data
   */
  public String uploadSeedData(String name, byte[] json) throws IOException, InterruptedException {
    ObjectNode input = JSON.createObjectNode();
    input.put("name", name).put("format", "json").put("size", json.length);
    JsonNode upload = call("POST", "/v1/seed-data", input);
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(upload.get("upload_url").textValue()))
                .timeout(TIMEOUT)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(json))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != OK) {
      throw new AnswerException(response.statusCode(), response.body());
    }
    return upload.get("seed_data_id").textValue();
  }

  /** Whether the seed data can be used with the template; the answer says what is wrong. */
  public JsonNode validate(String seedDataId, String templateId)
      throws IOException, InterruptedException {
    return call(
        "POST",
        "/v1/seed-data/" + seedDataId + "/validate",
        JSON.createObjectNode().put("template_id", templateId));
  }

  /** Stores a template and returns it. */
  public JsonNode createTemplate(JsonNode definition) throws IOException, InterruptedException {
    return call("POST", "/v1/templates", definition);
  }

  /** Orders a job and returns it. */
  public JsonNode createJob(JsonNode input) throws IOException, InterruptedException {
    return call("POST", "/v1/jobs", input);
  }

  /** Stops a job that is not over. */
  public void cancel(String jobId) throws IOException, InterruptedException {
    call("DELETE", "/v1/jobs/" + jobId, null);
  }

  /** The files of a job that is over: format, name, size, SHA-256, records and address. */
  public List<JsonNode> downloads(String jobId) throws IOException, InterruptedException {
    List<JsonNode> files = new ArrayList<>();
    call("GET", "/v1/jobs/" + jobId + "/downloads", null).path("items").forEach(files::add);
    return files;
  }

  /** Fetches one of the {@link #downloads} into a file. */
  public void fetch(JsonNode download, Path file) throws IOException, InterruptedException {
    HttpResponse<Path> response =
        http.send(
            HttpRequest.newBuilder(URI.create(download.get("download_url").textValue()))
                .timeout(TIMEOUT)
                .build(),
            HttpResponse.BodyHandlers.ofFile(file));
    if (response.statusCode() != OK) {
      throw new AnswerException(response.statusCode(), Files.readString(file));
    }
  }

  private JsonNode call(String method, String path, JsonNode body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(api + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + accessToken);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(body.toString()));
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new AnswerException(response.statusCode(), response.body());
    }
    return response.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(response.body());
  }
}
