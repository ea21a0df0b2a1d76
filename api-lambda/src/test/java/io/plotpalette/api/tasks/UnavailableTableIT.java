package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableClient;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What callers see of a table that refuses or hangs, through the real client. */
class UnavailableTableIT {
  private static final String ENDPOINT = "aws.endpointUrlDynamoDb";

  private final AtomicInteger calls = new AtomicInteger();
  private final TableThrottles throttles = new TableThrottles();
  private final CountDownLatch closing = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    TestingDynamoDb.useLocalCredentials();
    System.setProperty(ENDPOINT, "http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    System.clearProperty(ENDPOINT);
    closing.countDown();
    server.stop(0);
  }

  @Test
  void throttlingAsksToTryAgain() {
    Answer answer =
        readATask(
            exchange -> {
              calls.incrementAndGet();
              byte[] error =
                  """
                  {"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                   "message":"The level of configured provisioned throughput was exceeded."}
                  """
                      .getBytes(StandardCharsets.UTF_8);
              exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
              exchange.sendResponseHeaders(400, error.length);
              exchange.getResponseBody().write(error);
              exchange.close();
            },
            Duration.ofSeconds(20));

    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsEntry("Retry-After", "1");
    assertThat(answer.body()).doesNotContain("throughput");
    // Fewer would mean that the time-out came first.
    assertThat(calls).hasValue(3);
    assertThat(throttles.drain()).isEqualTo(3);
    assertThat(throttles.drain()).isZero();
  }

  @Test
  void aTableThatDoesNotAnswerIsNotWaitedForLong() {
    Answer answer =
        readATask(
            exchange -> {
              try {
                closing.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            Duration.ofMillis(300));

    assertThat(answer.status()).isEqualTo(503);
  }

  private Answer readATask(HttpHandler table, Duration timeout) {
    server.createContext("/", table);
    ApiConfig config =
        new ApiConfig(
            "tasks",
            "task-tombstones",
            "users",
            "idempotency",
            URI.create("https://sqs.example.com/1/q"),
            "data",
            Optional.empty(),
            timeout,
            TestingDynamoDb.CONFIG.datasets());
    try (DynamoDbClient client = TableClient.create(config, throttles)) {
      TasksHandler handler =
          new TasksHandler(config, TestingClients.of(client), InstantSource.system(), () -> "");
      return new TestingApi(handler)
          .call("GET", "/v1/tasks/019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01")
          .as("user")
          .send();
    }
  }
}
