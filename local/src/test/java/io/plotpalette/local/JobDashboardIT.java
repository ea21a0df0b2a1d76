package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ItemJson;
import io.plotpalette.local.client.JobWatch;
import io.plotpalette.local.client.JobsClient;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobDefinition.SeedRef;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.Pace;
import io.plotpalette.model.job.JobProgress.RecordError;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.job.PartitionBy;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.table.Tables;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Watching a job, from the terminal and in a browser, over the API as it is. */
class JobDashboardIT {
  private static final String JOB_ID = "019ab000-0000-7000-8000-0000000000d1";
  private static final Instant NOW = Instant.parse("2026-11-20T09:00:00Z");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path folder;

  private static TestingApiServer server;
  private static String token;
  private static DynamoDbClient dynamoDb;

  @BeforeAll
  static void start() throws Exception {
    server = TestingApiServer.start(folder);
    dynamoDb = DynamoDbLocalServer.client(server.dynamoDb());
    token = server.api().signUpAndLogIn(HTTP, "watcher");
    JobDefinition job = job(subject(token));
    put(JobJson.write(job), JobAttribute.PART_DEFINITION);
    put(JobJson.write(running(job)), JobAttribute.PART_PROGRESS);
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
    JobDefinition job = job(subject(token));
    List<String> lines = new ArrayList<>();
    JobsClient jobs = new JobsClient(HTTP, server.api().api(), token);

    JobState end =
        new JobWatch(
                jobs,
                Duration.ofMillis(20),
                line -> {
                  lines.add(line);
                  if (lines.size() == 1) {
                    put(JobJson.write(stopped(job)), JobAttribute.PART_PROGRESS);
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
    put(JobJson.write(running(job)), JobAttribute.PART_PROGRESS);
  }

  /** Needs a browser, {@code chromium}, or what {@code CHROMIUM} names. */
  @Test
  @Tag("browser")
  void aBrowserShowsTheJobAndItsErrorsAsText() throws Exception {
    String dom = dom("/dashboard/" + JOB_ID + "#token=" + token);

    assertThat(dom)
        .contains("<strong id=\"state\" role=\"status\">RUNNING</strong>")
        .contains("46 % of 200")
        .contains("0.41 of 2.50 USD spent, 0.18 reserved, 1.91 left")
        .contains("<td>outline</td><td class=\"number\">124</td>")
        .contains("<td>&lt;b&gt;the model&lt;/b&gt; answered with 500</td>")
        .doesNotContain(token);
  }

  @Test
  @Tag("browser")
  void withoutATokenABrowserAsksForOne() throws Exception {
    assertThat(dom("/dashboard/" + JOB_ID))
        .contains("Log in, and give the access token here.")
        .contains("<form id=\"log-in\">");
  }

  private static String dom(String path) throws Exception {
    String browser = System.getenv().getOrDefault("CHROMIUM", "chromium");
    Process process =
        new ProcessBuilder(
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder.resolve("browser"),
                "--virtual-time-budget=5000",
                "--dump-dom",
                server.api().api() + path)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      String dom = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return dom;
    } finally {
      process.destroyForcibly();
    }
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(server.api().api() + path)).build(),
        BodyHandlers.ofString());
  }

  private static String subject(String accessToken) throws Exception {
    byte[] claims = Base64.getUrlDecoder().decode(accessToken.split("\\.", -1)[1]);
    return new ObjectMapper().readTree(claims).get("sub").asText();
  }

  private static void put(ObjectNode json, String part) {
    json.put(JobAttribute.PART, part);
    dynamoDb.putItem(
        item ->
            item.tableName(Tables.JOBS.physicalName(PaletteServer.STAGE))
                .item(ItemJson.toItem(json)));
  }

  private static JobDefinition job(String userId) {
    return new JobDefinition(
        JOB_ID,
        userId,
        "Sea stories",
        new TemplateRef(JOB_ID, 1),
        new SeedRef(JOB_ID, null, "00"),
        new Terms(200, Money.parseUsd("2.50"), JobPriority.NORMAL, 50, 1),
        new Outputs(List.of(ExportFormat.JSONL), PartitionBy.NONE, null, null),
        NOW,
        null);
  }

  private static JobProgress running(JobDefinition job) {
    return progress(
        job, JobState.RUNNING, null, 3, new Counts(200, 90, 2, 0, 76, 32), new Pace(3.2, null));
  }

  private static JobProgress stopped(JobDefinition job) {
    return progress(
        job,
        JobState.BUDGET_EXCEEDED,
        "no further call fits into the budget",
        4,
        new Counts(200, 122, 2, 0, 76, 0),
        Pace.UNKNOWN);
  }

  private static JobProgress progress(
      JobDefinition job, JobState state, String reason, long seq, Counts counts, Pace pace) {
    Money reserved = state.isFinal() ? Money.ZERO : Money.parseUsd("0.18");
    Money cost = Money.parseUsd("0.41");
    return new JobProgress(
        job.jobId(),
        job.userId(),
        state,
        reason,
        state.isFinal() ? null : JobProgress.queueKey(job),
        seq,
        new Figures(
            counts,
            new Spend(18_400, 91_000, cost, reserved),
            List.of(new UsageTotals("outline", 124, 9_000, 30_000, Money.parseUsd("0.08"))),
            List.of(new UsageTotals("llama", 124, 9_000, 30_000, Money.parseUsd("0.08"))),
            pace,
            List.of(new RecordError(17, "outline", "<b>the model</b> answered with 500"))),
        NOW,
        state.isFinal() ? NOW.plusSeconds(60) : null,
        List.of());
  }
}
