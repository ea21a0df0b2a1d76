package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.plotpalette.local.browser.BrowserPage;
import io.plotpalette.local.browser.Chromium;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.model.job.JobState;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The page at {@code /dashboard/{job_id}} in a headless Chromium, over the API as it is. */
@Tag("browser")
class DashboardPageIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path folder;

  private static TestingApiServer server;
  private static DynamoDbClient dynamoDb;
  private static Chromium chromium;
  private static String token;
  private static TestingJobs jobs;

  private final String jobId = UUID.randomUUID().toString();
  private BrowserPage page;

  @BeforeAll
  static void start() throws Exception {
    server = TestingApiServer.start(Files.createDirectories(folder.resolve("data")));
    dynamoDb = DynamoDbLocalServer.client(server.dynamoDb());
    token = server.api().signUpAndLogIn(HTTP, "watcher");
    jobs = new TestingJobs(dynamoDb, token);
    chromium = Chromium.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    if (chromium != null) {
      chromium.close();
    }
    dynamoDb.close();
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    jobs.add(jobId);
    page = chromium.open(1_000, 900);
  }

  @AfterEach
  void close() {
    page.close();
  }

  @Test
  void progressSpendAndUsageAreShown() {
    show();

    assertThat(page.text("#name")).isEqualTo("Sea stories");
    assertThat(page.text("#percent")).isEqualTo("46 % of 200");
    assertThat(page.evaluate("document.title").asText())
        .isEqualTo("46 % Sea stories – Plot Palette");
    assertThat(share("progress")).isEqualTo(0.46);
    assertThat(page.text("#money")).isEqualTo("0.41 of 2.50 USD spent, 0.18 reserved, 1.91 left");
    assertThat(share("spent")).isCloseTo(0.164, within(1e-9));
    assertThat(page.text("#figures").lines())
        .containsSequence("Ok", "90", "Failed", "2", "Rejected", "0", "In flight", "32")
        .containsSequence("Not started", "76", "Records a second", "3.2");
    assertThat(page.text("#by-step")).isEqualTo("outline\t124\t9000\t30000\t0.08");
    assertThat(page.text("#by-model")).isEqualTo("llama\t124\t9000\t30000\t0.08");
    assertThat(page.complaints()).isEmpty();
  }

  /** What a model has written is shown as it is, and runs nothing. */
  @Test
  void theLastErrorsAreShownAsText() {
    show();

    assertThat(page.text("#errors")).isEqualTo("17\toutline\t<b>the model</b> answered with 500");
    assertThat(page.evaluate("document.querySelectorAll('#errors b').length").asInt()).isZero();
    assertThat(page.text("#no-errors")).isEmpty();
  }

  @Test
  void theTokenOfALinkStaysNeitherInTheAddressNorInTheHistory() {
    show();

    assertThat(page.evaluate("location.href").asText()).isEqualTo(address());
    assertThat(page.evaluate("history.length").asInt()).isEqualTo(2);
    assertThat(page.evaluate("document.documentElement.outerHTML").asText()).doesNotContain(token);
    assertThat(page.requests()).isNotEmpty().noneMatch(request -> request.contains("token="));
  }

  @Test
  void theKeyboardIsEnoughToLogIn() {
    page.goTo(address());
    page.awaitText("#message", "Log in, and give the access token here.");
    assertThat(page.text("#job")).isEmpty();

    // The field has the focus already.
    page.type("not a token");
    page.press(BrowserPage.Key.ENTER);
    page.awaitText("#message", "The access token is not valid, or no longer.");
    assertThat(focused()).isEqualTo("token");

    page.evaluate("document.getElementById('token').select()");
    page.type(token);
    page.press(BrowserPage.Key.TAB);
    assertThat(page.evaluate("document.activeElement.type").asText()).isEqualTo("submit");
    page.press(BrowserPage.Key.SPACE);
    page.awaitText("#state", "RUNNING");
    assertThat(page.text("#log-in")).isEmpty();
    assertThat(page.text("#message")).isEmpty();
  }

  @Test
  void theKeyboardPausesWhatIsShownAndLetsItGoOn() {
    show();

    page.press(BrowserPage.Key.TAB);
    assertThat(focused()).isEqualTo("pause");
    assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineWidth").asText())
        .isEqualTo("3px");
    page.press(BrowserPage.Key.SPACE);
    page.awaitText("#pause", "Go on updating");
    assertThat(page.evaluate("document.activeElement.getAttribute('aria-pressed')").asText())
        .isEqualTo("true");
    jobs.running(jobId, 100);
    assertNothingIsAskedFor();
    assertThat(page.text("#percent")).isEqualTo("46 % of 200");

    page.press(BrowserPage.Key.ENTER);
    page.awaitText("#percent", "51 % of 200");
    assertThat(page.text("#pause")).isEqualTo("Pause updates");
  }

  @Test
  void aRunningJobIsFollowed() {
    show();

    jobs.running(jobId, 130);
    page.awaitText("#percent", "66 % of 200");
    jobs.running(jobId, 140);
    page.awaitText("#percent", "71 % of 200");

    assertThat(share("progress")).isEqualTo(0.71);
    assertThat(page.complaints()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETED,",
    "BUDGET_EXCEEDED, no further call fits into the budget",
    "CANCELLED, the job was cancelled",
    "FAILED, the dataset cannot be exported"
  })
  void aJobThatIsOverSaysHowAndIsNotAskedForAgain(JobState state, String reason) {
    show();

    jobs.over(jobId, state, reason);

    page.awaitText("#state", state.name());
    assertThat(page.text("#reason")).isEqualTo(reason == null ? "" : reason);
    assertThat(page.text("#percent")).isEqualTo("62 % of 200");
    assertThat(page.text("#pause")).isEmpty();
    assertNothingIsAskedFor();
  }

  @Test
  void aJobOfSomebodyElseIsNotThere() throws Exception {
    page.goTo(address() + "#token=" + server.api().signUpAndLogIn(HTTP, "stranger"));

    page.awaitText("#message", "You have no such job.");
    assertThat(page.text("#job")).isEmpty();
  }

  @Test
  void everyFigureIsSaidWithItsName() {
    show();

    assertThat(page.spoken())
        .contains(
            "heading Sea stories",
            "progressbar Records 46 % of 200",
            "progressbar Money 0.41 of 2.50 USD spent, 0.18 reserved, 1.91 left",
            "button Pause updates",
            "table By step",
            "table By model",
            "table Last errors",
            "columnheader Tokens out",
            "cell outline")
        .anyMatch(line -> line.startsWith("status"));
  }

  @Test
  void nothingSticksOutOfANarrowWindow() throws Exception {
    page.close();
    page = chromium.open(360, 800);
    show();

    assertThat(page.evaluate("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(360);
  }

  private void show() {
    page.goTo(address() + "#token=" + token);
    page.awaitText("#state", "RUNNING");
  }

  private String address() {
    return server.api().api() + "/dashboard/" + jobId;
  }

  private String focused() {
    return page.evaluate("document.activeElement.id").asText();
  }

  private double share(String progress) {
    return page.evaluate("document.getElementById('%s').position".formatted(progress)).asDouble();
  }

  /** For longer than the page waits between two looks. */
  private void assertNothingIsAskedFor() {
    int before = page.requests().size();
    await()
        .during(Duration.ofMillis(2_500))
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(page.requests()).hasSize(before));
  }
}
