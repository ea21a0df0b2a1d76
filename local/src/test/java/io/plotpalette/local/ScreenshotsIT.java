package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.DatasetGenerationJob;
import io.plotpalette.local.browser.BrowserPage;
import io.plotpalette.local.browser.Chromium;
import io.plotpalette.local.client.JobsClient;
import io.plotpalette.local.flink.LocalFlink;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Takes the pictures of {@code docs/images} anew, from the product while it makes a dataset. */
@Tag("screenshots")
class ScreenshotsIT {
  private static final Path IMAGES = Path.of("../docs/images");
  private static final Path PLUGINS = Path.of("target/palette/plugins").toAbsolutePath();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WIDTH = 1_200;
  private static final int MAX_BYTES = 150_000;
  private static final String PROGRESS = "document.getElementById('progress').position";

  /** A fifth of the records. */
  private static final Duration MADE = Duration.ofMinutes(3);

  @TempDir private static Path folder;

  private static PaletteServer server;
  private static Chromium chromium;
  private static String token;
  private static String jobId;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> environment = FreePorts.environment();
    // Slow enough that it is under way in every picture.
    environment.put("PALETTE_BEDROCK_LATENCY", "PT1S");
    server =
        PaletteServer.start(LocalConfig.read(folder, environment::get), PLUGINS, progress -> {});
    token = server.signUpAndLogIn(HTTP, "author");
    jobId = order(new JobsClient(HTTP, server.api(), token));
    chromium = Chromium.start(folder);
  }

  private static String order(JobsClient jobs) throws Exception {
    String seedDataId =
        jobs.uploadSeedData("Passages", resource("/sample-datasets/literature/passages.json"));
    String templateId =
        jobs.createTemplate(JSON.readTree(resource("/sample-templates/question-answer.json")))
            .get("template_id")
            .textValue();
    jobs.validate(seedDataId, templateId);
    ObjectNode order = JSON.createObjectNode();
    order.put("name", "Questions on passages");
    order.put("seed_data_id", seedDataId);
    order.put("template_id", templateId);
    order.put("record_count", 400);
    order.put("budget_limit_usd", "0.50");
    order.putArray("formats").add("parquet");
    return jobs.createJob(order).get("job_id").textValue();
  }

  @AfterAll
  static void stop() throws Exception {
    if (chromium != null) {
      chromium.close();
    }
    server.close();
  }

  @Test
  void theDashboardOfAJob() throws Exception {
    try (BrowserPage page = chromium.open(WIDTH, 760)) {
      page.goTo(server.api() + "/dashboard/" + jobId + "#token=" + token);
      page.awaitText("#state", "RUNNING");
      await()
          .atMost(MADE)
          .untilAsserted(() -> assertThat(page.evaluate(PROGRESS).asDouble()).isGreaterThan(0.2));
      write("dashboard.png", page);
    }
  }

  @Test
  void theApiInSwaggerUi() throws Exception {
    try (BrowserPage page = chromium.open(WIDTH, 760)) {
      page.goTo(server.api() + "/docs");
      page.awaitTrue("document.querySelectorAll('.opblock').length > 20");
      page.evaluate("document.querySelector('[id^=operations-tag-jobs]').scrollIntoView()");
      write("swagger-ui.png", page);
    }
  }

  @Test
  void theCheckpointsInFlinksWebUi() throws Exception {
    try (BrowserPage page = chromium.open(WIDTH, 760)) {
      page.goTo(
          "%s/#/job/running/%s/checkpoints"
              .formatted(
                  server.flink(), LocalFlink.jobId(DatasetGenerationJob.NAME).toHexString()));
      page.awaitTrue("document.body.innerText.includes('Latest Completed Checkpoint')");
      write("flink-ui.png", page);
    }
  }

  private static void write(String name, BrowserPage page) throws Exception {
    byte[] picture = page.picture();
    assertThat(picture.length).as(name).isBetween(5_000, MAX_BYTES);
    Files.write(Files.createDirectories(IMAGES).resolve(name), picture);
  }

  private static byte[] resource(String name) throws Exception {
    try (InputStream in = ScreenshotsIT.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
