package io.plotpalette.infra;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.infra.SynthesizedStage.Resource;
import io.plotpalette.model.table.Tables;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

class FunctionsTest {
  private final SynthesizedStage stage = SynthesizedStage.of("prod");
  private final List<Resource> functions = stage.resources("AWS::Lambda::Function");

  @Test
  void thereIsOneForEachResourceOfTheApiOneForTheQueueAndOneForNewUsers() {
    assertThat(functions)
        .extracting(function -> function.properties().path("FunctionName").asText())
        .containsExactlyInAnyOrder(
            "plot-palette-prod-api-meta",
            "plot-palette-prod-api-tasks",
            "plot-palette-prod-api-users",
            "plot-palette-prod-post-confirmation",
            "plot-palette-prod-task-writes");
  }

  @Test
  void everyHandlerIsInThePackagedZip() throws Exception {
    try (ZipFile zip = new ZipFile(Artifacts.below(Path.of("")).handlers().toFile())) {
      assertThat(functions)
          .allSatisfy(
              function -> {
                String handler = function.properties().path("Handler").asText();
                assertThat(handler).endsWith("::handleRequest");
                String className = handler.replace("::handleRequest", "");
                assertThat(zip.getEntry(className.replace('.', '/') + ".class")).isNotNull();
              });
    }
  }

  @Test
  void theApisConfigurationUnderstandsTheirEnvironment() {
    assertThat(functions)
        .allSatisfy(
            function -> {
              Map<String, String> environment =
                  function.properties().at("/Environment/Variables").properties().stream()
                      .collect(
                          toMap(Map.Entry::getKey, entry -> TemplateText.of(entry.getValue())));
              assertThat(environment.get("TASK_WRITES_QUEUE_URL"))
                  .contains("TaskWrites")
                  .doesNotContain("Dead");
              assertThat(environment.get("DATA_BUCKET")).contains("Lake");
              // The address exists only once the queue is deployed.
              environment.put("TASK_WRITES_QUEUE_URL", "https://sqs.example.com/queue");
              // Lambda sets it.
              environment.put("AWS_REGION", "eu-west-1");
              ApiConfig config = ApiConfig.read(environment::get);
              assertThat(config.tasksTable()).isEqualTo(Tables.TASKS.physicalName("prod"));
              assertThat(config.usersTable()).isEqualTo(Tables.USERS.physicalName("prod"));
            });
  }

  @Test
  void allStartFromASnapshotOnArmBehindAnAlias() {
    assertThat(functions)
        .allSatisfy(
            function -> {
              JsonNode properties = function.properties();
              assertThat(properties.path("Architectures"))
                  .extracting(JsonNode::asText)
                  .containsExactly("arm64");
              assertThat(properties.path("Runtime").asText()).isEqualTo("java17");
              assertThat(properties.at("/SnapStart/ApplyOn").asText())
                  .isEqualTo("PublishedVersions");
            });
    assertThat(stage.resources("AWS::Lambda::Alias")).hasSameSizeAs(functions);
  }

  @Test
  void everyOneHasItsOwnRole() {
    assertThat(
            functions.stream().map(function -> TemplateText.of(function.properties().path("Role"))))
        .doesNotHaveDuplicates()
        .hasSameSizeAs(functions);
  }

  @Test
  void callersReachOnlyTheAlias() {
    assertThat(stage.resources("AWS::Lambda::Permission"))
        .isNotEmpty()
        .allSatisfy(
            permission -> {
              assertThat(TemplateText.of(permission.properties().path("FunctionName")))
                  .contains("Live");
              assertThat(permission.properties().has("SourceArn")).isTrue();
            });
  }
}
