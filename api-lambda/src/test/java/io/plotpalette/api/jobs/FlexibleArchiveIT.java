package io.plotpalette.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingObjectStore;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.dashboard.DashboardHandler;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.tasks.TaskIds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/** Restores from the slower archive, which no local store has: a server that answers as S3 does. */
class FlexibleArchiveIT {
  private static final String ONGOING = "ongoing-request=\"true\"";

  @TempDir private Path folder;

  private final String user = "user-" + UUID.randomUUID();
  private final String id = UUID.randomUUID().toString();
  private final AtomicInteger restores = new AtomicInteger();

  /** What S3 says of files whose restore was asked for, by path. */
  private final Map<String, String> restored = new ConcurrentHashMap<>();

  @Test
  void aRestoreIsBegunOnceAndThenTheFilesCanBeFetched() throws Exception {
    HttpServer archive =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    archive.createContext("/", this::answer);
    archive.start();
    try (TestingDynamoDb dynamoDb = TestingDynamoDb.start();
        TestingObjectStore objects = new TestingObjectStore(folder);
        SdkHttpClient http = UrlConnectionHttpClient.create();
        TransferBucket files = bucket(archive.getAddress().getPort(), http)) {
      TestingJobs store = new TestingJobs(dynamoDb.client(), objects.bucket());
      store.definition(user, id);
      store.completed(user, id);
      InstantSource clock = InstantSource.fixed(TestingJobs.FINISHED_AT.plus(Duration.ofDays(4)));
      TestingApi api = new TestingApi(handler(dynamoDb, files, clock));
      TestingApi dashboard =
          new TestingApi(
              new DashboardHandler(
                  TestingDynamoDb.CONFIG,
                  TestingClients.of(dynamoDb.client(), new TestingQueue(), files)));

      assertThat(downloads(api).json().get("type").textValue()).endsWith(":dataset-archived");
      Answer first = restore(api);
      Answer second = restore(api);
      assertThat(first.status()).isEqualTo(202);
      assertThat(first.json().get("status").textValue()).isEqualTo("restoring");
      assertThat(second.status()).isEqualTo(202);
      assertThat(restores).hasValue(2);
      assertThat(downloads(api).status()).isEqualTo(409);

      restored.replaceAll((path, state) -> "ongoing-request=\"false\", expiry-date=\"later\"");

      assertThat(restore(api).json().get("status").textValue()).isEqualTo("available");
      assertThat(downloads(api).json().get("items")).hasSize(2);
      assertThat(restores).hasValue(2);
      assertThat(
              dashboard
                  .call("GET", "/v1/dashboard/" + id)
                  .as(user)
                  .send()
                  .json()
                  .get("archived")
                  .booleanValue())
          .isTrue();
    } finally {
      archive.stop(0);
    }
  }

  private static JobsHandler handler(
      TestingDynamoDb dynamoDb, TransferBucket files, InstantSource clock) {
    return new JobsHandler(
        TestingDynamoDb.CONFIG,
        TestingClients.of(dynamoDb.client(), new TestingQueue(), files),
        clock,
        TaskIds.timeOrdered());
  }

  private static TransferBucket bucket(int port, SdkHttpClient http) {
    return new TransferBucket(
        "data",
        Region.US_EAST_1,
        StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")),
        Optional.of(URI.create("http://127.0.0.1:" + port)),
        http);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (exchange.getRequestMethod().equals("POST")) {
      assertThat(exchange.getRequestURI().getQuery()).startsWith("restore");
      restores.incrementAndGet();
      restored.put(path, ONGOING);
      exchange.sendResponseHeaders(202, -1);
    } else {
      exchange.getResponseHeaders().add("x-amz-storage-class", "GLACIER");
      if (restored.containsKey(path)) {
        exchange.getResponseHeaders().add("x-amz-restore", restored.get(path));
      }
      exchange.sendResponseHeaders(200, -1);
    }
    exchange.close();
  }

  private Answer restore(TestingApi api) {
    return api.call("POST", "/v1/jobs/" + id + "/restore").as(user).send();
  }

  private Answer downloads(TestingApi api) {
    return api.call("GET", "/v1/jobs/" + id + "/downloads").as(user).send();
  }
}
