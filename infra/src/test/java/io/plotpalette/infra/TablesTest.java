package io.plotpalette.infra;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.infra.SynthesizedStage.Resource;
import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of the templates against those of the model. */
class TablesTest {
  private static final String TABLE = "AWS::DynamoDB::Table";

  @ParameterizedTest
  @MethodSource("stages")
  void everyTableOfTheModelIsThereAndNoOther(String stage) {
    assertThat(tables(stage).keySet())
        .containsExactlyInAnyOrderElementsOf(
            Tables.all().stream().map(table -> table.physicalName(stage)).toList());
  }

  @ParameterizedTest
  @MethodSource("stages")
  void keysIndexesStreamAndExpiryAreTheModels(String stage) {
    for (TableDefinition table : Tables.all()) {
      JsonNode actual = tables(stage).get(table.physicalName(stage));

      assertThat(keys(actual)).isEqualTo(keys(table.partitionKey(), table.sortKey()));
      assertThat(
              actual
                  .path("LocalSecondaryIndexes")
                  .valueStream()
                  .collect(toMap(index -> index.path("IndexName").asText(), TablesTest::keys)))
          .isEqualTo(
              table.localIndexes().stream()
                  .collect(
                      toMap(
                          TableDefinition.LocalIndex::name,
                          index -> keys(table.partitionKey(), index.sortKey()))));
      assertThat(actual.path("LocalSecondaryIndexes").findValuesAsText("ProjectionType"))
          .allMatch("ALL"::equals);
      assertThat(
              actual
                  .path("GlobalSecondaryIndexes")
                  .valueStream()
                  .collect(toMap(index -> index.path("IndexName").asText(), TablesTest::keys)))
          .isEqualTo(
              table.globalIndexes().stream()
                  .collect(
                      toMap(
                          TableDefinition.GlobalIndex::name,
                          index -> keys(index.partitionKey(), index.sortKey()))));
      assertThat(actual.path("GlobalSecondaryIndexes").findValuesAsText("ProjectionType"))
          .allMatch("ALL"::equals);
      assertThat(actual.path("AttributeDefinitions").findValuesAsText("AttributeType"))
          .allMatch("S"::equals);
      assertThat(actual.at("/StreamSpecification/StreamViewType").asText(null))
          .isEqualTo(table.streamsBothImages() ? "NEW_AND_OLD_IMAGES" : null);
      assertThat(actual.at("/TimeToLiveSpecification/AttributeName").asText(null))
          .isEqualTo(table.ttlAttribute());
    }
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyTableIsOnDemandAndCanBeRestored(String stage) {
    assertThat(tables(stage).values())
        .allSatisfy(
            table -> {
              assertThat(table.path("BillingMode").asText()).isEqualTo("PAY_PER_REQUEST");
              assertThat(
                      table
                          .at("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled")
                          .asBoolean())
                  .isTrue();
            });
  }

  @ParameterizedTest
  @MethodSource("stages")
  void onlyDevLetsItsTablesBeDeleted(String stage) {
    boolean isDev = stage.equals("dev");

    assertThat(SynthesizedStage.of(stage).resources(TABLE))
        .allSatisfy(
            table -> {
              assertThat(table.properties().path("DeletionProtectionEnabled").asBoolean())
                  .isEqualTo(!isDev);
              assertThat(table.node().path("DeletionPolicy").asText())
                  .isEqualTo(isDev ? "Delete" : "Retain");
            });
  }

  private static Stream<String> stages() {
    return Stage.NAMES.stream();
  }

  private static Map<String, JsonNode> tables(String stage) {
    return SynthesizedStage.of(stage).resources(TABLE).stream()
        .collect(
            toMap(table -> table.properties().path("TableName").asText(), Resource::properties));
  }

  private static List<String> keys(JsonNode table) {
    return table
        .path("KeySchema")
        .valueStream()
        .map(key -> key.path("KeyType").asText() + " " + key.path("AttributeName").asText())
        .toList();
  }

  private static List<String> keys(String partitionKey, String sortKey) {
    return sortKey == null
        ? List.of("HASH " + partitionKey)
        : List.of("HASH " + partitionKey, "RANGE " + sortKey);
  }
}
