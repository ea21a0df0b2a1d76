package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.analytics.AnalyticsConfig;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.generator.GeneratorJobConfig;
import io.plotpalette.model.setting.Setting;
import io.plotpalette.stream.StreamJobConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/configuration.md} what the code says. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");
  private static final Path GENERATED = Path.of("target/configuration.md");

  @Test
  void listsEverySettingAsItIs() throws Exception {
    String page =
        """
        # Configuration

        Made from the settings in the code. After a change, `mvn verify` fails and leaves the new page
        in `local/target/configuration.md`: copy it here.
        """
            + section(
                "Laptop",
                "Environment variables, or lines `KEY=value` in a file `.env` beside `palette`; the"
                    + " environment wins.",
                LocalConfig.settings())
            + section(
                "api-lambda", "Environment variables of every function.", ApiConfig.settings())
            + section(
                "analytics-lambda",
                "Environment variables of the functions of views and gold.",
                AnalyticsConfig.settings())
            + section(
                "stream-job", "Arguments `--key value` of the job.", StreamJobConfig.settings())
            + section(
                "generator-job",
                "Arguments `--key value` of the job.",
                GeneratorJobConfig.settings());
    Files.createDirectories(GENERATED.getParent());
    Files.writeString(GENERATED, page);

    assertThat(PAGE).hasSameTextualContentAs(GENERATED);
  }

  private static String section(String title, String where, List<Setting<?>> settings) {
    StringBuilder text = new StringBuilder("\n## " + title + "\n\n" + where + "\n\n");
    text.append("| key | type | default | values | meaning |\n|---|---|---|---|---|\n");
    for (Setting<?> setting : settings) {
      text.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  setting.key(),
                  setting.type(),
                  setting.defaultText() == null ? "required" : "`" + setting.defaultText() + "`",
                  setting.unit(),
                  setting.description()));
    }
    return text.toString();
  }
}
