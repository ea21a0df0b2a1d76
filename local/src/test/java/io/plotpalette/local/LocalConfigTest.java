package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.setting.InvalidSettingException;
import io.plotpalette.model.setting.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalConfigTest {
  private static final Path PROJECT = Path.of("/project");

  private static final Map<String, String> ALL =
      Map.ofEntries(
          Map.entry("PALETTE_DATA", "/elsewhere"),
          Map.entry("PALETTE_OBJECT_STORE", "file"),
          Map.entry("PALETTE_API_PORT", "18080"),
          Map.entry("PALETTE_TOKEN_PORT", "18082"),
          Map.entry("PALETTE_DYNAMODB_PORT", "18083"),
          Map.entry("PALETTE_S3_PORT", "18084"),
          Map.entry("PALETTE_QUEUE_PORT", "18085"),
          Map.entry("PALETTE_BEDROCK_PORT", "18086"),
          Map.entry("PALETTE_BEDROCK_LATENCY", "PT0.1S"),
          Map.entry("PALETTE_FLINK_PORT", "18081"),
          Map.entry("PALETTE_PARALLELISM", "2"),
          Map.entry("PALETTE_CHECKPOINT_INTERVAL", "PT5S"),
          Map.entry("PALETTE_DYNAMODB_ENDPOINT", "http://127.0.0.1:8000"),
          Map.entry("PALETTE_BEDROCK_ENDPOINT", "http://127.0.0.1:8001"));

  @Test
  void whatIsNotGivenHasItsDefault() {
    assertThat(LocalConfig.read(PROJECT, key -> null))
        .isEqualTo(
            new LocalConfig(
                Path.of("/project/data"),
                LocalConfig.ObjectStore.S3,
                8080,
                8082,
                8083,
                8084,
                8085,
                8086,
                Duration.ofMillis(500),
                8081,
                1,
                Duration.ofSeconds(2),
                null,
                null));
  }

  @Test
  void everyKeyIsReadIntoItsOwnField() {
    assertThat(LocalConfig.read(PROJECT, ALL::get))
        .isEqualTo(
            new LocalConfig(
                Path.of("/elsewhere"),
                LocalConfig.ObjectStore.FILE,
                18080,
                18082,
                18083,
                18084,
                18085,
                18086,
                Duration.ofMillis(100),
                18081,
                2,
                Duration.ofSeconds(5),
                URI.create("http://127.0.0.1:8000"),
                URI.create("http://127.0.0.1:8001")));
  }

  @Test
  void everySettingIsListedAndTested() {
    assertThat(LocalConfig.settings())
        .extracting(Setting::key)
        .containsExactlyInAnyOrderElementsOf(ALL.keySet());
  }

  @Test
  void aPortOutsideTheRangeIsRefusedByItsName() {
    assertThatThrownBy(() -> LocalConfig.read(PROJECT, Map.of("PALETTE_API_PORT", "80")::get))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContainingAll("PALETTE_API_PORT", "80", "1024 to 65535");
  }
}
