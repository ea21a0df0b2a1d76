package io.plotpalette.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What CloudFormation waits for: whether its request to a custom resource was carried out. */
final class DeploymentAnswer {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The same for ever: another one would make CloudFormation delete the old resource. */
  private static final String PHYSICAL_ID = "lake-views";

  /** CloudFormation takes 4 KB in all. */
  private static final int LONGEST_REASON = 1_500;

  private static final int ATTEMPTS = 4;
  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final Duration pause;

  DeploymentAnswer(Duration pause) {
    this.pause = pause;
  }

  /**
   * Sends it to the address in the event.
   *
   * @param reason shown to whoever deploys
   * @throws IOException if it is not taken after some attempts
   */
  void send(JsonNode event, boolean success, String reason) throws IOException {
    ObjectNode body =
        JSON.createObjectNode()
            .put("Status", success ? "SUCCESS" : "FAILED")
            .put("Reason", reason.substring(0, Math.min(reason.length(), LONGEST_REASON)))
            .put("PhysicalResourceId", PHYSICAL_ID);
    for (String same : new String[] {"StackId", "RequestId", "LogicalResourceId"}) {
      body.set(same, event.path(same));
    }
    // A type of content would not fit the address, which is signed without one.
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(event.path("ResponseURL").asText()))
            .timeout(TIMEOUT)
            .PUT(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    for (int attempt = 1; !isTaken(request, attempt); attempt++) {
      pause();
    }
  }

  private boolean isTaken(HttpRequest request, int attempt) throws IOException {
    try {
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status < 300) {
        return true;
      }
      throw new IOException("CloudFormation answered " + status);
    } catch (IOException e) {
      if (attempt == ATTEMPTS) {
        throw e;
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while CloudFormation was answered", e);
    }
  }

  private void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while CloudFormation was answered", e);
    }
  }
}
