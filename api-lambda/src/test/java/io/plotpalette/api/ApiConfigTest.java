package io.plotpalette.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.setting.InvalidSettingException;
import io.plotpalette.model.setting.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiConfigTest {
  private static final Map<String, String> REQUIRED =
      Map.ofEntries(
          Map.entry("TASKS_TABLE", "t"),
          Map.entry("TASK_TOMBSTONES_TABLE", "d"),
          Map.entry("USERS_TABLE", "u"),
          Map.entry("IDEMPOTENCY_TABLE", "i"),
          Map.entry("TASK_WRITES_QUEUE_URL", "https://sqs.example.com/1/q"),
          Map.entry("DATA_BUCKET", "b"),
          Map.entry("TEMPLATES_TABLE", "tp"),
          Map.entry("SEED_DATA_TABLE", "sd"),
          Map.entry("JOBS_TABLE", "j"),
          Map.entry("CALL_JOURNAL_TABLE", "cj"),
          Map.entry("COST_TRACKING_TABLE", "ct"),
          Map.entry("AWS_REGION", "eu-west-1"));

  private static final ApiConfig.Datasets DATASETS =
      new ApiConfig.Datasets("tp", "sd", "j", "cj", "ct", "eu-west-1");

  private static final URI QUEUE = URI.create("https://sqs.example.com/1/q");

  @Test
  void defaultsAreSetForWhatIsNotRequired() {
    assertThat(ApiConfig.read(REQUIRED::get))
        .isEqualTo(
            new ApiConfig(
                "t", "d", "u", "i", QUEUE, "b", Optional.empty(), Duration.ofSeconds(5), DATASETS));
  }

  @Test
  void everyKeyIsRead() {
    Map<String, String> environment = new HashMap<>(REQUIRED);
    environment.put("TABLE_CALL_TIMEOUT", "PT2S");
    environment.put("USER_POOL_ENDPOINT", "http://127.0.0.1:9229");

    assertThat(ApiConfig.read(environment::get))
        .isEqualTo(
            new ApiConfig(
                "t",
                "d",
                "u",
                "i",
                QUEUE,
                "b",
                Optional.of(URI.create("http://127.0.0.1:9229")),
                Duration.ofSeconds(2),
                DATASETS));
    assertThat(ApiConfig.settings())
        .extracting(Setting::key)
        .containsExactlyInAnyOrderElementsOf(environment.keySet());
  }

  @Test
  void aMissingTableIsNamed() {
    assertThatThrownBy(() -> ApiConfig.read(Map.of("USERS_TABLE", "u")::get))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("TASKS_TABLE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TASK_WRITES_QUEUE_URL", "USER_POOL_ENDPOINT"})
  void anAddressThatIsNoneIsNamed(String key) {
    Map<String, String> environment = new HashMap<>(REQUIRED);
    environment.put(key, "queue");

    assertThatThrownBy(() -> ApiConfig.read(environment::get))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(key);
  }
}
