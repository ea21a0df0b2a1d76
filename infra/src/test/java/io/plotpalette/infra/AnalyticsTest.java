package io.plotpalette.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.infra.SynthesizedStage.Resource;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.sql.SqlFiles;
import io.plotpalette.model.sql.ViewOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnalyticsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SynthesizedStage stage = SynthesizedStage.of("prod");

  @Test
  void everyDefinitionIsATableOfTheCatalogue() {
    assertThat(tables())
        .extracting(table -> table.properties().at("/TableInput/Name").asText())
        .containsExactlyInAnyOrderElementsOf(SqlFiles.ATHENA_TABLES.statements().keySet());
    assertThat(stage.resources("AWS::Glue::Database"))
        .singleElement()
        .extracting(database -> database.properties().at("/DatabaseInput/Name").asText())
        .isEqualTo("plot_palette_prod_lake");
  }

  @ParameterizedTest
  @EnumSource
  void columnsAreTheSchemas(LakeTable table) throws Exception {
    List<String> expected =
        JSON.readTree(table.avroSchema())
            .path("fields")
            .valueStream()
            .map(field -> field.path("name").asText() + " " + type(field.path("type")))
            .toList();

    for (String name : List.of(table.sqlName(), table.sqlName() + "_gold")) {
      JsonNode columns = table(name).at("/StorageDescriptor/Columns");
      assertThat(columns.valueStream())
          .extracting(column -> column.path("Name").asText() + " " + column.path("Type").asText())
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void daysAreProjectedOverTheLakesFolders(LakeTable table) {
    for (String name : List.of(table.sqlName(), table.sqlName() + "_gold")) {
      String path = name.endsWith("_gold") ? table.goldPath() : table.path();
      JsonNode input = table(name);
      JsonNode parameters = input.path("Parameters");

      assertThat(TemplateText.of(input.at("/StorageDescriptor/Location")))
          .matches("s3://\\$\\{[^}]*Lake[^}]*}/" + path + "/");
      assertThat(TemplateText.of(parameters.path("storage.location.template")))
          .endsWith("/" + path + "/year=${year}/month=${month}/day=${day}/");
      assertThat(parameters.path("projection.enabled").asText()).isEqualTo("true");
      assertThat(parameters.path("projection.day.digits").asText()).isEqualTo("2");
      assertThat(parameters.path("classification").asText()).isEqualTo("parquet");
      assertThat(input.path("PartitionKeys").valueStream())
          .extracting(key -> key.path("Name").asText() + " " + key.path("Type").asText())
          .containsExactly("year int", "month int", "day int");
    }
  }

  @Test
  void quarantineIsReadAsJson() {
    assertThat(table("task_changes_quarantine").at("/StorageDescriptor/SerdeInfo").toString())
        .contains("org.openx.data.jsonserde.JsonSerDe");
  }

  @Test
  void aDefinitionOfAnotherFormIsRefused() {
    String statement = SqlFiles.ATHENA_TABLES.find("task_changes").orElseThrow();

    assertThatThrownBy(() -> new AthenaTable("CREATE TABLE a (b int)", "bucket"))
        .hasMessageContaining("CREATE TABLE a");
    assertThatThrownBy(
            () -> new AthenaTable(statement.replace("AS PARQUET", "AS ORC"), "bucket").input())
        .hasMessageContaining("STORED AS ORC");
    assertThatThrownBy(
            () -> new AthenaTable(statement.replace("title string", "title"), "bucket").input())
        .hasMessageContaining("'  title,'");
  }

  @Test
  void aQuestionHasALimitWhateverTheClientAsksFor() {
    assertThat(limits("dev")).containsExactlyInAnyOrder(10_000_000_000L, 100_000_000_000L);
    assertThat(limits("prod")).containsExactlyInAnyOrder(100_000_000_000L, 1_000_000_000_000L);
    assertThat(stage.resources("AWS::Athena::WorkGroup"))
        .allSatisfy(
            workgroup -> {
              JsonNode configuration = workgroup.properties().path("WorkGroupConfiguration");
              assertThat(configuration.path("EnforceWorkGroupConfiguration").asBoolean()).isTrue();
              assertThat(configuration.path("PublishCloudWatchMetricsEnabled").asBoolean())
                  .isTrue();
              assertThat(TemplateText.of(configuration.at("/ResultConfiguration/OutputLocation")))
                  .contains("/athena-results/");
            });
  }

  @Test
  void answersDoNotStayForLong() {
    assertThat(
            stage
                .resources("AWS::S3::Bucket")
                .get(0)
                .properties()
                .at("/LifecycleConfiguration/Rules"))
        .anySatisfy(
            rule -> {
              assertThat(rule.path("Prefix").asText()).isEqualTo("athena-results/");
              assertThat(rule.path("ExpirationInDays").asInt()).isEqualTo(7);
            });
  }

  @Test
  void viewsAreMadeInTheirOrderOnceTheTablesAreThere() {
    Resource views = views(stage);

    assertThat(TemplateText.each(views.properties().path("Views")))
        .containsExactlyElementsOf(ViewOrder.of(SqlFiles.VIEWS.statements()));
    assertThat(TemplateText.of(views.properties().path("ServiceToken"))).contains("Live");
    assertThat(TemplateText.each(views.node().path("DependsOn")))
        .containsAll(tables().stream().map(Resource::id).toList());
    assertThat(views.properties().path("ServiceTimeout").asInt())
        .isGreaterThan(timeout("lake-views"));
  }

  @Test
  void aViewThatChangesIsMadeAgain() {
    // What CloudFormation compares: the same for the same statements in every stage.
    assertThat(views(stage).properties().path("Digest").asText())
        .hasSize(64)
        .isEqualTo(views(SynthesizedStage.of("dev")).properties().path("Digest").asText());
  }

  @Test
  void queriesAndChecksAreSavedUnderTheirNames() {
    Map<String, JsonNode> saved =
        stage.resources("AWS::Athena::NamedQuery").stream()
            .map(Resource::properties)
            .collect(Collectors.toMap(query -> query.path("Name").asText(), query -> query));

    for (SqlFiles kind : List.of(SqlFiles.QUERIES, SqlFiles.CHECKS)) {
      kind.statements()
          .forEach(
              (name, statement) -> {
                assertThat(saved).containsKey(name);
                assertThat(saved.get(name).path("QueryString").asText()).isEqualTo(statement);
                assertThat(saved.get(name).path("Description").asText())
                    .isEqualTo(SqlFiles.summary(statement));
              });
    }
    assertThat(saved)
        .hasSize(SqlFiles.QUERIES.statements().size() + SqlFiles.CHECKS.statements().size());
  }

  @Test
  void goldIsMadeEveryNightForTheTimeItWasMeantFor() {
    assertThat(stage.resources("AWS::Scheduler::Schedule"))
        .singleElement()
        .satisfies(
            schedule -> {
              JsonNode properties = schedule.properties();
              assertThat(properties.path("ScheduleExpression").asText())
                  .isEqualTo("cron(0 3 * * ? *)");
              assertThat(properties.path("ScheduleExpressionTimezone").asText()).isEqualTo("UTC");
              assertThat(
                      JSON.readTree(properties.at("/Target/Input").asText()).path("time").asText())
                  .isEqualTo("<aws.scheduler.scheduled-time>");
              assertThat(TemplateText.of(properties.at("/Target/Arn"))).contains("Live");
            });
    assertThat(timeout("lake-gold")).isEqualTo(900);
  }

  private List<Long> limits(String name) {
    return SynthesizedStage.of(name).resources("AWS::Athena::WorkGroup").stream()
        .map(
            workgroup ->
                workgroup
                    .properties()
                    .at("/WorkGroupConfiguration/BytesScannedCutoffPerQuery")
                    .asLong())
        .toList();
  }

  private static Resource views(SynthesizedStage stage) {
    return stage.resources("Custom::LakeViews").get(0);
  }

  private int timeout(String function) {
    return stage.resources("AWS::Lambda::Function").stream()
        .map(Resource::properties)
        .filter(each -> each.path("FunctionName").asText().endsWith(function))
        .findFirst()
        .orElseThrow()
        .path("Timeout")
        .asInt();
  }

  private List<Resource> tables() {
    return stage.resources("AWS::Glue::Table");
  }

  private JsonNode table(String name) {
    return tables().stream()
        .map(table -> table.properties().path("TableInput"))
        .filter(input -> input.path("Name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Hive's type for a type of Avro. */
  private static String type(JsonNode avro) {
    if (avro.isArray()) {
      return avro.valueStream()
          .filter(each -> !each.asText().equals("null"))
          .map(AnalyticsTest::type)
          .findFirst()
          .orElseThrow();
    }
    String logical = avro.path("logicalType").asText();
    if (!logical.isEmpty()) {
      return logical.equals("date") ? "date" : "timestamp";
    }
    String name = avro.isTextual() ? avro.asText() : avro.path("type").asText();
    return switch (name) {
      case "long" -> "bigint";
      case "array" -> "array<" + type(avro.path("items")) + ">";
      case "map" -> "map<string," + type(avro.path("values")) + ">";
      default -> name;
    };
  }
}
