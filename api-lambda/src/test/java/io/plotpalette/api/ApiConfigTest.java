package io.plotpalette.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.setting.InvalidSettingException;
import io.plotpalette.model.setting.Setting;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiConfigTest {
  private static final Map<String, String> TABLES =
      Map.of(
          "TASKS_TABLE", "t",
          "TASK_TOMBSTONES_TABLE", "d",
          "USERS_TABLE", "u",
          "IDEMPOTENCY_TABLE", "i");

  @Test
  void defaultsAreSetForAllButTheTables() {
    assertThat(ApiConfig.read(TABLES::get))
        .isEqualTo(new ApiConfig("t", "d", "u", "i", Duration.ofSeconds(5)));
  }

  @Test
  void everyKeyIsRead() {
    Map<String, String> environment = new HashMap<>(TABLES);
    environment.put("TABLE_CALL_TIMEOUT", "PT2S");

    assertThat(ApiConfig.read(environment::get))
        .isEqualTo(new ApiConfig("t", "d", "u", "i", Duration.ofSeconds(2)));
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
}
