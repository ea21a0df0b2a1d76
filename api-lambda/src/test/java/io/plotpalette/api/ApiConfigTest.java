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
      Map.of(
          "TASKS_TABLE", "t",
          "TASK_TOMBSTONES_TABLE", "d",
          "USERS_TABLE", "u",
          "IDEMPOTENCY_TABLE", "i",
          "TASK_WRITES_QUEUE_URL", "https://sqs.example.com/1/q",
          "DATA_BUCKET", "b");

  private static final URI QUEUE = URI.create("https://sqs.example.com/1/q");

  @Test
  void defaultsAreSetForWhatIsNotRequired() {
    assertThat(ApiConfig.read(REQUIRED::get))
        .isEqualTo(
            new ApiConfig("t", "d", "u", "i", QUEUE, "b", Optional.empty(), Duration.ofSeconds(5)));
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
                Duration.ofSeconds(2)));
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
