package io.plotpalette.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.setting.InvalidSettingException;
import io.plotpalette.model.setting.Setting;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiConfigTest {
  @Test
  void defaultsAreSetForAllButTheTables() {
    ApiConfig config = ApiConfig.read(Map.of("TASKS_TABLE", "t", "USERS_TABLE", "u")::get);

    assertThat(config).isEqualTo(new ApiConfig("t", "u", Duration.ofSeconds(5)));
  }

  @Test
  void everyKeyIsRead() {
    Map<String, String> environment =
        Map.of("TASKS_TABLE", "t", "USERS_TABLE", "u", "TABLE_CALL_TIMEOUT", "PT2S");

    assertThat(ApiConfig.read(environment::get))
        .isEqualTo(new ApiConfig("t", "u", Duration.ofSeconds(2)));
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
