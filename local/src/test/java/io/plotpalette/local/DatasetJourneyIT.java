package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.client.JobWatch;
import io.plotpalette.local.client.JobsClient;
import io.plotpalette.local.demo.DatasetFiles;
import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.local.process.ChildJvm;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.money.Money;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From seed data to a dataset in three formats, all parts real but the models. */
@Tag("slow")
class DatasetJourneyIT {
  private static final Path PLUGINS = Path.of("target/palette/plugins").toAbsolutePath();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration UP = Duration.ofMinutes(4);
  private static final Duration BEGUN = Duration.ofSeconds(90);
  private static final Duration OVER = Duration.ofMinutes(4);

  @TempDir private static Path folder;

  private static PaletteServer server;
  private static Author author;

  @TempDir private Path fetched;

  /** A user with seed data and a template, over HTTP. */
  private record Author(JobsClient jobs, String seedDataId, String templateId) {
    static Author at(URI api, String token) throws Exception {
      JobsClient jobs = new JobsClient(HTTP, api, token);
      String seedDataId =
          jobs.uploadSeedData("Passages", resource("/sample-datasets/literature/passages.json"));
      String templateId =
          jobs.createTemplate(JSON.readTree(resource("/sample-templates/question-answer.json")))
              .get("template_id")
              .textValue();
      assertThat(jobs.validate(seedDataId, templateId).path("usable").asBoolean()).isTrue();
      return new Author(jobs, seedDataId, templateId);
    }

    String order(int records, String budgetUsd) throws Exception {
      ObjectNode order = JSON.createObjectNode();
      order.put("name", "Questions");
      order.put("template_id", templateId);
      order.put("seed_data_id", seedDataId);
      order.put("record_count", records);
      order.put("budget_limit_usd", budgetUsd);
      order.putArray("formats").add("jsonl").add("parquet").add("csv");
      return jobs.createJob(order).get("job_id").textValue();
    }

    JobState follow(String jobId) throws Exception {
      return new JobWatch(jobs, Duration.ofMillis(200), line -> {}).follow(jobId, OVER);
    }

    JsonNode dashboard(String jobId) throws Exception {
      return jobs.dashboard(jobId, null).orElseThrow().body();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> environment = FreePorts.environment();
    environment.put("PALETTE_CHECKPOINT_INTERVAL", "PT1S");
    server =
        PaletteServer.start(LocalConfig.read(folder, environment::get), PLUGINS, progress -> {});
    author = Author.at(server.api(), server.signUpAndLogIn(HTTP, "author"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void twoHundredRecordsOfTwoStepsAreTheSameInEachFormat() throws Exception {
    String jobId = author.order(200, "20");

    JobState state = author.follow(jobId);

    assertThat(state).isEqualTo(JobState.COMPLETED);
    JsonNode dashboard = author.dashboard(jobId);
    assertThat(dashboard.get("percent").asDouble()).isEqualTo(100);
    assertThat(dashboard.get("ok").asLong()).isEqualTo(200);
    DatasetFiles files = DatasetFiles.fetch(author.jobs(), jobId, fetched);
    assertThat(files.indexes()).isEqualTo(LongStream.range(0, 200).boxed().toList());
    assertThat(files.differences()).isZero();
    assertCostsAreInTheLake(jobId, dashboard);
  }

  @Test
  void aBudgetThatDoesNotSufficeLeavesTheDatasetThatWasPaidFor() throws Exception {
    String jobId = author.order(400, "0.05");

    JobState state = author.follow(jobId);

    assertThat(state).isEqualTo(JobState.BUDGET_EXCEEDED);
    JsonNode dashboard = author.dashboard(jobId);
    assertThat(Money.parseUsd(dashboard.get("cost_usd").textValue()))
        .isLessThanOrEqualTo(Money.parseUsd("0.05"));
    assertWhatIsThere(jobId, dashboard);
    assertCostsAreInTheLake(jobId, dashboard);
  }

  @Test
  void aCancelledJobKeepsWhatIsDone() throws Exception {
    String jobId = author.order(100_000, "5000");
    await().atMost(BEGUN).until(() -> author.dashboard(jobId).get("ok").asLong() > 0);

    author.jobs().cancel(jobId);
    JobState state = author.follow(jobId);

    assertThat(state).isEqualTo(JobState.CANCELLED);
    assertWhatIsThere(jobId, author.dashboard(jobId));
  }

  /** The whole product in a process of its own, ended as {@code kill -9} ends it. */
  @Test
  void aJobWhoseProcessIsKilledGoesOnWithTheNextOne(@TempDir Path own) throws Exception {
    Map<String, String> environment = FreePorts.environment();
    environment.put("PALETTE_DATA", own.resolve("data").toString());
    environment.put("PALETTE_CHECKPOINT_INTERVAL", "PT1S");
    // Long enough that the job cannot be over before it is killed.
    environment.put("PALETTE_BEDROCK_LATENCY", "PT1S");
    LocalConfig config = LocalConfig.read(own, environment::get);
    Author survivor;
    String jobId;
    try (ChildJvm product = product(own, environment)) {
      survivor = Author.at(api(config), tokenOfANewUser(config));
      jobId = survivor.order(200, "20");
      await().atMost(BEGUN).until(() -> survivor.dashboard(jobId).get("ok").asLong() >= 50);
      assertThat(survivor.dashboard(jobId).get("ok").asLong()).isLessThan(150);

      product.kill();
    }

    // When it is started again on the same data
    try (ChildJvm product = product(own, environment)) {
      JobState state = survivor.follow(jobId);

      assertThat(state).isEqualTo(JobState.COMPLETED);
      JsonNode dashboard = survivor.dashboard(jobId);
      assertThat(dashboard.get("ok").asLong()).isEqualTo(200);
      DatasetFiles files = DatasetFiles.fetch(survivor.jobs(), jobId, fetched);
      assertThat(files.indexes()).isEqualTo(LongStream.range(0, 200).boxed().toList());
      assertThat(files.differences()).isZero();
      assertThat(product.isAlive()).isTrue();
    }
  }

  private static ChildJvm product(Path own, Map<String, String> environment) throws Exception {
    ChildJvm product =
        ChildJvm.start(
            Files.createDirectories(own.resolve("tmp")),
            own.resolve("product.out"),
            environment,
            List.of("-Xmx700m", "-Dpalette.root=" + Path.of("..").toAbsolutePath().normalize()),
            "up",
            "--leash");
    try {
      product.awaitLine("Plot Palette is up.", UP);
      return product;
    } catch (Exception e) {
      product.close();
      throw e;
    }
  }

  private static URI api(LocalConfig config) {
    return Loopback.endpoint(config.apiPort());
  }

  private static String tokenOfANewUser(LocalConfig config) throws Exception {
    return new SignUp(
            HTTP, Loopback.endpoint(config.tokenPort()), new DataFolder(config.dataFolder()).mail())
        .accessTokenOf("survivor");
  }

  private void assertWhatIsThere(String jobId, JsonNode dashboard) throws Exception {
    DatasetFiles files = DatasetFiles.fetch(author.jobs(), jobId, fetched);
    List<Long> indexes = files.indexes();
    assertThat(indexes).isSorted().doesNotHaveDuplicates().isNotEmpty();
    assertThat((long) indexes.size()).isEqualTo(dashboard.get("ok").asLong());
    assertThat(files.differences()).isZero();
    assertThat(dashboard.get("not_started").asLong()).isPositive();
  }

  private static void assertCostsAreInTheLake(String jobId, JsonNode dashboard) throws Exception {
    try (LakeDatabase lake = LakeDatabase.open(server.bucket())) {
      long cost = Money.parseUsd(dashboard.get("cost_usd").textValue()).nanoUsd();
      assertThat(
              lake.query(
                      ("SELECT jobs.cost_nano_usd, sum(steps.cost_nano_usd), any_value(jobs.ok)"
                              + " FROM generation_jobs AS jobs JOIN generation_usage AS steps"
                              + " USING (job_id) WHERE job_id = '%s' GROUP BY ALL")
                          .formatted(jobId))
                  .rows())
          .containsExactly(List.of("" + cost, "" + cost, dashboard.get("ok").asText()));
    }
  }

  private static byte[] resource(String name) throws Exception {
    try (InputStream in = DatasetJourneyIT.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
