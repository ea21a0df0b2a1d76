package io.plotpalette.infra;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.analytics.AnalyticsConfig;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.infra.SynthesizedStage.Resource;
import io.plotpalette.model.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

class FunctionsTest {
  private final SynthesizedStage stage = SynthesizedStage.of("prod");
  private final List<Resource> functions = stage.resources("AWS::Lambda::Function");
  private final List<Resource> ofTheApi = functionsOf(Set.of("api", "auth"));
  private final List<Resource> ofTheLake = functionsOf(Set.of("analytics"));

  @Test
  void thereIsOneForEachResourceOfTheApiOneForTheQueueOneForNewUsersAndTwoForTheLake() {
    assertThat(functions)
        .extracting(function -> function.properties().path("FunctionName").asText())
        .containsExactlyInAnyOrder(
            "plot-palette-prod-api-dashboard",
            "plot-palette-prod-api-jobs",
            "plot-palette-prod-api-meta",
            "plot-palette-prod-api-seeddata",
            "plot-palette-prod-api-tasks",
            "plot-palette-prod-api-templates",
            "plot-palette-prod-api-users",
            "plot-palette-prod-lake-gold",
            "plot-palette-prod-lake-views",
            "plot-palette-prod-post-confirmation",
            "plot-palette-prod-task-writes");
  }

  @Test
  void everyHandlerIsInThePackagedZip() throws Exception {
    Artifacts artifacts = Artifacts.below(Path.of(""));
    everyHandlerIsIn(artifacts.handlers(), ofTheApi);
    everyHandlerIsIn(artifacts.analyticsHandlers(), ofTheLake);
    assertThat(functions).hasSize(ofTheApi.size() + ofTheLake.size());
  }

  private static void everyHandlerIsIn(Path file, List<Resource> functions) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(functions)
          .isNotEmpty()
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
    assertThat(ofTheApi)
        .allSatisfy(
            function -> {
              Map<String, String> environment = environment(function);
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
  void theLakesConfigurationUnderstandsTheirEnvironment() {
    assertThat(ofTheLake)
        .extracting(function -> AnalyticsConfig.read(environment(function)::get))
        .allMatch(config -> config.database().equals("${Database}"))
        .allMatch(config -> config.dataBucket().contains("Lake"))
        .extracting(AnalyticsConfig::workgroup)
        .containsExactlyInAnyOrder("${Analysts}", "${Gold}");
  }

  private static Map<String, String> environment(Resource function) {
    return function.properties().at("/Environment/Variables").properties().stream()
        .collect(toMap(Map.Entry::getKey, entry -> TemplateText.of(entry.getValue())));
  }

  private List<Resource> functionsOf(Set<String> stacks) {
    return functions.stream().filter(function -> stacks.contains(function.stack())).toList();
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
