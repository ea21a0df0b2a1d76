package io.plotpalette.stream;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.setting.InvalidSettingException;
import io.plotpalette.model.setting.Setting;
import io.plotpalette.stream.insights.Grain;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamJobConfigTest {
  private static final Map<String, String> REQUIRED =
      Map.of(
          "tasks-table", "plot-palette-dev-tasks",
          "lake-uri", "s3://lake/",
          "region", "eu-central-1");

  private static final Map<String, String> ALL =
      Map.ofEntries(
          entry("tasks-table", "other-tasks"),
          entry("runs-table", "other-runs"),
          entry("lake-uri", "file:///lake"),
          entry("region", "us-west-2"),
          entry("dynamodb-endpoint", "http://127.0.0.1:8000"),
          entry("watermark-bound", "PT3M"),
          entry("shard-discovery-interval", "PT3S"),
          entry("idle-poll-interval", "PT0.1S"),
          entry("tip-after", "PT1S"),
          entry("hourly-early-interval", "PT1S"),
          entry("hourly-allowed-lateness", "PT2H"),
          entry("daily-early-interval", "PT2S"),
          entry("daily-allowed-lateness", "PT3H"),
          entry("minutely-early-interval", "PT3S"),
          entry("minutely-allowed-lateness", "PT4H"));

  @Test
  void whatIsNotGivenHasItsDefault() {
    assertThat(StreamJobConfig.read(REQUIRED::get))
        .isEqualTo(
            new StreamJobConfig(
                "plot-palette-dev-tasks",
                null,
                URI.create("s3://lake"),
                "eu-central-1",
                null,
                Duration.ofMinutes(2),
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                Grain.hourly(Duration.ofSeconds(15), Duration.ofHours(1)),
                Grain.daily(Duration.ofMinutes(5), Duration.ofHours(1)),
                Grain.minutely(Duration.ofSeconds(15), Duration.ofHours(1))));
  }

  @Test
  void everyKeyIsReadIntoItsOwnField() {
    assertThat(StreamJobConfig.read(ALL::get))
        .isEqualTo(
            new StreamJobConfig(
                "other-tasks",
                "other-runs",
                URI.create("file:///lake"),
                "us-west-2",
                URI.create("http://127.0.0.1:8000"),
                Duration.ofMinutes(3),
                Duration.ofSeconds(3),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Grain.hourly(Duration.ofSeconds(1), Duration.ofHours(2)),
                Grain.daily(Duration.ofSeconds(2), Duration.ofHours(3)),
                Grain.minutely(Duration.ofSeconds(3), Duration.ofHours(4))));
  }

  @Test
  void everySettingIsListedAndTested() {
    assertThat(StreamJobConfig.settings())
        .extracting(Setting::key)
        .containsExactlyInAnyOrderElementsOf(ALL.keySet());
  }

  @Test
  void aTipThatOneEmptyReadWouldProveIsRefused() {
    Map<String, String> given = new HashMap<>(REQUIRED);
    given.put("idle-poll-interval", "PT30S");

    assertThatThrownBy(() -> StreamJobConfig.read(given::get))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContainingAll("tip-after is PT5S", "idle-poll-interval", "PT30S");
  }

  @Test
  void aLakeWithoutASchemeIsRefused() {
    Map<String, String> given = new HashMap<>(REQUIRED);
    given.put("lake-uri", "lake");

    assertThatThrownBy(() -> StreamJobConfig.read(given::get))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContainingAll("lake-uri", "scheme");
  }
}
