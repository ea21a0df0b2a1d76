package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.client.JobWatch;
import io.plotpalette.local.client.JobsClient;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.model.job.JobState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Watching a job from the terminal, over the API as it is, and the page as it is delivered. */
class JobDashboardIT {
  private static final String JOB_ID = "019ab000-0000-7000-8000-0000000000d1";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path folder;

  private static TestingApiServer server;
  private static String token;
  private static DynamoDbClient dynamoDb;
  private static TestingJobs jobs;

  @BeforeAll
  static void start() throws Exception {
    server = TestingApiServer.start(folder);
    dynamoDb = DynamoDbLocalServer.client(server.dynamoDb());
    token = server.api().signUpAndLogIn(HTTP, "watcher");
    jobs = new TestingJobs(dynamoDb, token);
  }

  @AfterAll
  static void stop() throws Exception {
    dynamoDb.close();
    server.close();
  }

  @Test
  void thePageRunsNothingButItsOwnScript() throws Exception {
    HttpResponse<String> page = get("/dashboard/" + JOB_ID);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
    assertThat(page.headers().firstValue("content-security-policy"))
        .hasValueSatisfying(
            policy -> assertThat(policy).contains("default-src 'none'", "script-src 'self'"));
    assertThat(page.body()).contains("<html lang=\"en\">").doesNotContain("http:", "https:");
    assertThat(get("/dashboard.js").body()).contains("/v1/dashboard/").doesNotContain("innerHTML");
  }

  @Test
  void watchingSaysALineAChangeAndEndsWithTheJob() throws Exception {
    jobs.add(JOB_ID);
    List<String> lines = new ArrayList<>();

    JobState end =
        new JobWatch(
                new JobsClient(HTTP, server.api().api(), token),
                Duration.ofMillis(20),
                line -> {
                  lines.add(line);
                  if (lines.size() == 1) {
                    jobs.outOfMoney(JOB_ID);
                  }
                })
            .follow(JOB_ID, Duration.ofMinutes(1));

    assertThat(end).isEqualTo(JobState.BUDGET_EXCEEDED);
    assertThat(lines.get(0))
        .isEqualTo(
            "RUNNING          46.0 %  90 ok, 2 failed, 0 rejected, 32 in flight"
                + "  0.41 of 2.50 USD  3.2/s");
    assertThat(lines.get(1)).startsWith("BUDGET_EXCEEDED  62.0 %  122 ok");
    assertThat(lines).contains("no further call fits into the budget");
    assertThat(lines).anyMatch(line -> line.startsWith("  outline ") && line.contains("124 calls"));
    assertThat(lines).contains("record 17, step outline: <b>the model</b> answered with 500");
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(server.api().api() + path)).build(),
        BodyHandlers.ofString());
  }
}
