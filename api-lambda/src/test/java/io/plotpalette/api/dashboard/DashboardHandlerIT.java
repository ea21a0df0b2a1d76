package io.plotpalette.api.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.TestingClients;
import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingObjectStore;
import io.plotpalette.api.TestingQueue;
import io.plotpalette.api.http.TestingApi;
import io.plotpalette.api.http.TestingApi.Answer;
import io.plotpalette.api.jobs.TestingJobs;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardHandlerIT {
  @TempDir private static Path folder;

  private static TestingDynamoDb dynamoDb;
  private static TestingObjectStore objects;
  private static TestingJobs store;

  private final String user = "user-" + UUID.randomUUID();
  private final String id = UUID.randomUUID().toString();

  private final TestingApi api =
      new TestingApi(
          new DashboardHandler(
              TestingDynamoDb.CONFIG,
              TestingClients.of(dynamoDb.client(), new TestingQueue(), objects.bucket())));

  @BeforeAll
  static void start() throws Exception {
    dynamoDb = TestingDynamoDb.start();
    objects = new TestingObjectStore(folder);
    store = new TestingJobs(dynamoDb.client(), objects.bucket());
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    dynamoDb.close();
  }

  @Test
  void itSaysHowFarAJobIsAndWhatIsLeftOfItsBudget() {
    store.definition(user, id);
    store.running(user, id);

    JsonNode dashboard = get().json();

    assertThat(dashboard.get("state").textValue()).isEqualTo("RUNNING");
    assertThat(dashboard.get("percent").doubleValue()).isEqualTo(50);
    assertThat(dashboard.get("cost_usd").textValue()).isEqualTo("0.00125");
    assertThat(dashboard.get("reserved_usd").textValue()).isEqualTo("0.00075");
    assertThat(dashboard.get("budget_limit_usd").textValue()).isEqualTo("2.50");
    assertThat(dashboard.get("budget_left_usd").textValue()).isEqualTo("2.498");
    assertThat(dashboard.at("/by_step/0/step").textValue()).isEqualTo("poem");
    assertThat(dashboard.at("/by_model/0/cost_usd").textValue()).isEqualTo("0.00125");
    assertThat(dashboard.at("/last_errors/0/error").textValue()).isEqualTo("refused");
    assertThat(dashboard.get("eta").textValue()).isEqualTo("2026-11-20T10:00:04.000Z");
    assertThat(dashboard.get("archived").booleanValue()).isFalse();
  }

  @Test
  void whatHasNotChangedIsNotSentAgain() {
    store.definition(user, id);
    store.running(user, id);
    String etag = get().etag();

    Answer same = api.call("GET", path()).as(user).header("if-none-match", etag).send();

    assertThat(same.status()).isEqualTo(304);
    assertThat(same.etag()).isEqualTo(etag);
    store.completed(user, id);
    assertThat(api.call("GET", path()).as(user).header("if-none-match", etag).send().status())
        .isEqualTo(200);
  }

  @Test
  void aJobThatRunsNeedsNoLookAtFiles() {
    store.definition(user, id);
    store.running(user, id);
    ApiClients noFiles = TestingClients.of(dynamoDb.client());
    TestingApi withoutFiles = new TestingApi(new DashboardHandler(TestingDynamoDb.CONFIG, noFiles));

    assertThat(withoutFiles.call("GET", path()).as(user).send().status()).isEqualTo(200);
  }

  @Test
  void jobsOfOthersAreUnknown() {
    store.definition("another", id);
    store.running("another", id);

    assertThat(get().status()).isEqualTo(404);
  }

  private String path() {
    return "/v1/dashboard/" + id;
  }

  private Answer get() {
    return api.call("GET", path()).as(user).send();
  }
}
