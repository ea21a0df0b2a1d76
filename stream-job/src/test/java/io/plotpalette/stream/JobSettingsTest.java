package io.plotpalette.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import io.plotpalette.model.setting.TaskInsightsKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSettingsTest {
  private static final String[] NO_ARGUMENTS = {};

  @Test
  void theManagedServicesFileIsRead(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("application_properties.json"),
            """
            [
              {"PropertyGroupId": "somebody-elses", "PropertyMap": {"region": "mars"}},
              {"PropertyGroupId": "task-insights",
               "PropertyMap": {"tasks-table": "t", "lake-uri": "s3://b", "region": "eu-west-1"}}
            ]
            """);

    StreamJobConfig config =
        StreamJobConfig.read(
            JobSettings.of(
                NO_ARGUMENTS, KinesisAnalyticsRuntime.getApplicationProperties(file.toString())));

    assertThat(config.tasksTable()).isEqualTo("t");
    assertThat(config.lakeUri()).hasToString("s3://b");
    assertThat(config.region()).isEqualTo("eu-west-1");
  }

  @Test
  void anArgumentWinsOverTheGroup() {
    Properties group = new Properties();
    group.setProperty(TaskInsightsKeys.REGION, "eu-west-1");

    UnaryOperator<String> settings =
        JobSettings.of(
            new String[] {"--region", "eu-central-1"}, Map.of(TaskInsightsKeys.GROUP, group));

    assertThat(settings.apply(TaskInsightsKeys.REGION)).isEqualTo("eu-central-1");
  }

  @Test
  void whatNobodyGivesIsAbsent() throws Exception {
    UnaryOperator<String> settings =
        JobSettings.of(NO_ARGUMENTS, KinesisAnalyticsRuntime.getApplicationProperties());

    assertThat(settings.apply(TaskInsightsKeys.REGION)).isNull();
  }
}
