package io.plotpalette.infra;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.infra.SynthesizedStage.Resource;
import io.plotpalette.model.setting.TaskInsightsKeys;
import io.plotpalette.stream.StreamJobConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamingTest {
  private static final String APPLICATION = "AWS::KinesisAnalyticsV2::Application";

  private final SynthesizedStage stage = SynthesizedStage.of("prod");
  private final Resource application = stage.resources(APPLICATION).get(0);
  private final JsonNode configuration = application.properties().path("ApplicationConfiguration");

  @Test
  void theJobUnderstandsItsPropertyGroup() {
    JsonNode group = configuration.at("/EnvironmentProperties/PropertyGroups/0");
    Map<String, String> settings =
        group.path("PropertyMap").properties().stream()
            .collect(toMap(Map.Entry::getKey, entry -> TemplateText.of(entry.getValue())));

    assertThat(group.path("PropertyGroupId").asText()).isEqualTo(TaskInsightsKeys.GROUP);
    assertThat(settings.get(TaskInsightsKeys.LAKE_URI)).startsWith("s3://${");
    assertThat(settings.get(TaskInsightsKeys.TASKS_TABLE)).contains("Tasks");
    assertThat(settings.get(TaskInsightsKeys.RUNS_TABLE)).contains("Runs");
    // The bucket's name exists only once it is deployed.
    settings.put(TaskInsightsKeys.LAKE_URI, "s3://bucket");
    assertThat(StreamJobConfig.read(settings::get).region()).isEqualTo("${AWS::Region}");
  }

  @Test
  void itRunsOnFlinkTwoTwoWithTheServicesCheckpoints() {
    assertThat(application.properties().path("RuntimeEnvironment").asText()).isEqualTo("FLINK-2_2");
    JsonNode checkpoint =
        configuration.at("/FlinkApplicationConfiguration/CheckpointConfiguration");
    assertThat(checkpoint.path("ConfigurationType").asText()).isEqualTo("CUSTOM");
    assertThat(checkpoint.path("CheckpointingEnabled").asBoolean()).isTrue();
    assertThat(checkpoint.path("CheckpointInterval").asInt()).isEqualTo(30_000);
  }

  @Test
  void anUpdateContinuesFromASnapshotAndGoesBackWhenItFails() {
    assertThat(configuration.at("/ApplicationSnapshotConfiguration/SnapshotsEnabled").asBoolean())
        .isTrue();
    assertThat(
            configuration.at("/ApplicationSystemRollbackConfiguration/RollbackEnabled").asBoolean())
        .isTrue();
  }

  @Test
  void itsLogIsThereBeforeIt() {
    Resource logStream = stage.resources("AWS::Logs::LogStream").get(0);

    assertThat(TemplateText.each(application.node().path("DependsOn"))).contains(logStream.id());
    assertThat(stage.resources("AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption"))
        .hasSize(2)
        .filteredOn(option -> option.id().equals("Logging"))
        .singleElement()
        .satisfies(
            option ->
                assertThat(
                        TemplateText.of(
                            option.properties().at("/CloudWatchLoggingOption/LogStreamARN")))
                    .endsWith(":log-stream:${" + logStream.id() + "}"));
  }

  @Test
  void itRunsInPrivateSubnetsOfTwoZonesWhereTheStageHasThem() {
    assertThat(configuration.at("/VpcConfigurations/0/SubnetIds")).hasSize(2);
    assertThat(
            SynthesizedStage.of("dev")
                .resources(APPLICATION)
                .get(0)
                .properties()
                .at("/ApplicationConfiguration/VpcConfigurations")
                .isMissingNode())
        .isTrue();
  }
}
