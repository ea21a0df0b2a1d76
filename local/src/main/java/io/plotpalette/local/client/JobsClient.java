package io.plotpalette.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Generation jobs as one user sees them. */
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
}
