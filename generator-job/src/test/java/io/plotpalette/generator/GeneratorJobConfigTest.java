package io.plotpalette.generator;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.setting.InvalidSettingException;
import io.plotpalette.model.setting.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GeneratorJobConfigTest {
  private static final Map<String, String> REQUIRED =
      Map.of(
          "jobs-table", "jobs",
          "templates-table", "templates",
          "call-journal-table", "journal",
          "cost-tracking-table", "costs",
          "runs-table", "runs",
          "bucket-uri", "s3://bucket/",
          "region", "us-east-1");

  private static final Map<String, String> ALL =
      Map.ofEntries(
          entry("jobs-table", "other-jobs"),
          entry("templates-table", "other-templates"),
          entry("call-journal-table", "other-journal"),
          entry("cost-tracking-table", "other-costs"),
          entry("runs-table", "other-runs"),
          entry("bucket-uri", "file:///bucket"),
          entry("region", "us-west-2"),
          entry("dynamodb-endpoint", "http://127.0.0.1:8000"),
          entry("bedrock-endpoint", "http://127.0.0.1:8086"),
          entry("shard-discovery-interval", "PT3S"),
          entry("idle-poll-interval", "PT0.1S"),
          entry("model-catalogue", "file:///models.json"),
          entry("model-concurrency", "50"),
          entry("call-timeout", "PT9S"),
          entry("prompt-threads", "3"),
          entry("run-parallelism", "2"),
          entry("max-concurrent-jobs", "7"),
          entry("job-look-interval", "PT2S"),
          entry("journal-buckets", "4"),
          entry("journal-max-delay", "PT0.01S"),
          entry("export-look-interval", "PT1S"),
          entry("export-memory-mib", "64"));

  @Test
  void whatIsNotGivenHasItsDefault() {
    assertThat(GeneratorJobConfig.read(REQUIRED::get))
        .isEqualTo(
            new GeneratorJobConfig(
                new GeneratorJobConfig.Resources(
                    "jobs",
                    "templates",
                    "journal",
                    "costs",
                    "runs",
                    URI.create("s3://bucket"),
                    "us-east-1",
                    null,
                    null),
                new GeneratorJobConfig.Reading(Duration.ofSeconds(10), Duration.ofMillis(500)),
                new GeneratorJobConfig.Models(null, 1_000, Duration.ofMinutes(2), 2),
                1,
                5,
                Duration.ofMinutes(1),
                new GeneratorJobConfig.Journal(8, Duration.ofMillis(5)),
                Duration.ofSeconds(2),
                128));
  }

  @Test
  void everySettingIsRead() {
    assertThat(ALL.keySet())
        .containsExactlyInAnyOrderElementsOf(
            GeneratorJobConfig.settings().stream().map(Setting::key).toList());
    GeneratorJobConfig given = GeneratorJobConfig.read(ALL::get);

    for (Setting<?> setting : GeneratorJobConfig.settings()) {
      if (setting.defaultText() != null) {
        Map<String, String> without = new HashMap<>(ALL);
        without.remove(setting.key());
        assertThat(GeneratorJobConfig.read(without::get)).as(setting.key()).isNotEqualTo(given);
      }
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    for (String key : REQUIRED.keySet()) {
      Map<String, String> without = new HashMap<>(REQUIRED);
      without.remove(key);

      assertThatThrownBy(() -> GeneratorJobConfig.read(without::get))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageContaining(key);
    }
  }
}
