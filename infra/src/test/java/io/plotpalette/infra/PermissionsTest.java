package io.plotpalette.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.infra.SynthesizedStage.Resource;
import io.plotpalette.model.catalogue.ModelCatalogue;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every statement that allows something names what, and on which resource. */
class PermissionsTest {
  /** Wildcards that are meant, by the resource's place and how it is written, with the reason. */
  private static final Map<String, String> ACCEPTED_WILDCARDS =
      Map.ofEntries(
          Map.entry(
              "analytics/Views/Access ${glue}table/${Database}/*",
              "views come and go; tables of one database"),
          Map.entry(
              "analytics/Views/Access ${bucket}/athena-results/analysts/*", "named by Athena"),
          Map.entry("analytics/MakeGold/Access ${bucket}/athena-results/gold/*", "named by Athena"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/bronze/task_changes/*",
              "files of one table"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/silver/task_insights_hourly/*",
              "files of one table"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/silver/task_insights_daily/*",
              "files of one table"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/silver/task_activity_minutely/*",
              "files of one table"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/gold/task_changes/*", "files of one table"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/gold/task_insights_hourly/*",
              "files of one table"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/gold/task_insights_daily/*",
              "files of one table"),
          Map.entry(
              "analytics/MakeGold/Access ${bucket}/lake/gold/task_activity_minutely/*",
              "files of one table"),
          Map.entry("api/Tasks/Access ${bucket}/transfers/*", "files of users and requests"),
          Map.entry("api/TaskWrites/Access ${bucket}/transfers/*", "files of users and requests"),
          Map.entry("api/Seeddata/Access ${bucket}/seed-data/*", "files of users"),
          Map.entry("api/Jobs/Access ${bucket}/seed-data/*", "files of users"),
          Map.entry("api/Jobs/Access ${bucket}/jobs/*", "files of jobs"),
          Map.entry("api/Users/Access ${bucket}/seed-data/*", "files of users"),
          Map.entry("api/Users/Access ${bucket}/jobs/*", "files of jobs"),
          Map.entry("api/Dashboard/Access ${bucket}/jobs/*", "files of jobs"),
          Map.entry("storage/DataKey *", "in the policy of a key, * is the key itself"),
          Map.entry("streaming/Data ${bucket}/lake/bronze/task_changes/*", "files of one table"),
          Map.entry(
              "streaming/Data ${bucket}/lake/silver/task_insights_hourly/*", "files of one table"),
          Map.entry(
              "streaming/Data ${bucket}/lake/silver/task_insights_daily/*", "files of one table"),
          Map.entry(
              "streaming/Data ${bucket}/lake/silver/task_activity_minutely/*",
              "files of one table"),
          Map.entry(
              "streaming/Data ${bucket}/lake/quarantine/task_changes/*", "files of one table"),
          Map.entry(
              "streaming/OwnParts ${logs}log-group:*", "log groups are listed, not one named"),
          Map.entry("streaming/Network *", "EC2 describes without resources"),
          Map.entry("streaming/Network ${ec2}network-interface/*", "nameless until it is made"),
          Map.entry("streaming/DatasetGeneration/Data ${bucket}/jobs/*", "files of jobs"),
          Map.entry("streaming/DatasetGeneration/Data ${bucket}/seed-data/*", "files of users"),
          Map.entry(
              "streaming/DatasetGeneration/Data ${bucket}/lake/bronze/generation_jobs/*",
              "files of one table"),
          Map.entry(
              "streaming/DatasetGeneration/Data ${bucket}/lake/bronze/generation_usage/*",
              "files of one table"),
          Map.entry(
              "streaming/DatasetGeneration/OwnParts ${logs}log-group:*",
              "log groups are listed, not one named"),
          Map.entry("streaming/DatasetGeneration/Network *", "EC2 describes without resources"),
          Map.entry(
              "streaming/DatasetGeneration/Network ${ec2}network-interface/*",
              "nameless until it is made"),
          Map.entry(
              "network/Vpc/DynamoDbStreams ${jobs}/stream/*", "a stream is named by its time"),
          Map.entry("network/Vpc/S3 ${bucket}/*", "the endpoint; roles narrow it further"),
          Map.entry(
              "network/Vpc/DynamoDbStreams ${tasks}/stream/*", "a stream is named by its time"));

  /** Actions that are meant although they have a wildcard. */
  private static final Map<String, String> ACCEPTED_ACTIONS =
      Map.of("storage/DataKey kms:*", "the account governs its key, as AWS asks");

  private record Statement(String place, JsonNode node) {
    Stream<String> actions() {
      return TemplateText.each(node.path("Action")).map(action -> place + " " + action);
    }

    Stream<String> resources() {
      return TemplateText.each(node.path("Resource")).map(each -> place + " " + shortened(each));
    }
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyActionIsNamed(String stage) {
    assertThat(allowed(stage).flatMap(Statement::actions))
        .isNotEmpty()
        .allMatch(action -> !action.contains("*") || ACCEPTED_ACTIONS.containsKey(action));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void everyResourceIsNamedOrItsWildcardIsAccepted(String stage) {
    assertThat(allowed(stage).flatMap(Statement::resources))
        .isNotEmpty()
        .allMatch(resource -> !resource.contains("*") || ACCEPTED_WILDCARDS.containsKey(resource));
  }

  @Test
  void noAcceptedWildcardIsLeftOver() {
    assertThat(allowed("prod").flatMap(Statement::resources))
        .containsAll(ACCEPTED_WILDCARDS.keySet());
  }

  @ParameterizedTest
  @MethodSource("stages")
  void noRoleHasAPolicyOfSomebodyElse(String stage) {
    assertThat(SynthesizedStage.of(stage).resources("AWS::IAM::Role"))
        .noneMatch(role -> role.properties().has("ManagedPolicyArns"));
  }

  @Test
  void eachFunctionMayDoOnlyWhatItsHandlerDoes() {
    assertThat(actionsOf("api/Tasks/"))
        .containsOnly(
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
            "sqs:SendMessage");
    assertThat(actionsOf("api/TaskWrites/"))
        .containsOnly(
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
            "sqs:SendMessage");
    assertThat(actionsOf("api/Users/"))
        .containsOnly(
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
            "s3:DeleteObject",
            "s3:ListBucket");
    assertThat(actionsOf("api/Meta/")).isEmpty();
    assertThat(actionsOf("auth/PostConfirmation/")).containsExactly("dynamodb:PutItem");
  }

  @Test
  void goldReadsTheLakeAndWritesNothingButGold() {
    List<Statement> ofGold =
        allowed("prod")
            .filter(statement -> statement.place().equals("analytics/MakeGold/Access"))
            .toList();

    assertThat(ofGold)
        .filteredOn(each -> each.actions().anyMatch(a -> a.matches(".* s3:(Put|Delete)Object")))
        .isNotEmpty()
        .flatExtracting(each -> each.resources().toList())
        .allMatch(resource -> resource.matches(".*/(lake|athena-results)/gold/.*"));
    assertThat(ofGold)
        .flatExtracting(each -> each.actions().toList())
        .filteredOn(action -> action.contains(" glue:"))
        .containsExactlyInAnyOrder(
            "analytics/MakeGold/Access glue:GetDatabase",
            "analytics/MakeGold/Access glue:GetTable");
  }

  @Test
  void theFunctionOfTheViewsTouchesNoFileOfTheLake() {
    assertThat(
            allowed("prod")
                .filter(statement -> statement.place().equals("analytics/Views/Access"))
                .flatMap(Statement::resources)
                .filter(resource -> resource.contains("${bucket}/")))
        .containsOnly("analytics/Views/Access ${bucket}/athena-results/analysts/*");
  }

  @Test
  void theSchedulerStartsGoldAndNothingElse() {
    assertThat(
            allowed("prod")
                .filter(statement -> statement.place().equals("analytics/SchedulerAccess"))
                .flatMap(statement -> Stream.concat(statement.actions(), statement.resources())))
        .hasSize(2)
        .contains("analytics/SchedulerAccess lambda:InvokeFunction")
        .anyMatch(resource -> resource.matches(".*\\$\\{MakeGoldLive[^}]*}"));
  }

  @Test
  void nobodyElseReachesTheQueueAndNobodyTheDeadOne() {
    assertThat(
            allowed("prod")
                .filter(statement -> statement.actions().anyMatch(each -> each.contains(" sqs:")))
                .flatMap(Statement::resources))
        .isNotEmpty()
        .allMatch(each -> each.matches("api/(Tasks|TaskWrites)/Access .*TaskWrites.*"))
        .noneMatch(each -> each.contains("Dead"));
  }

  @Test
  void theJobReadsTasksAndOnlyAddsToTheRuns() {
    List<Statement> ofTheJob =
        allowed("dev").filter(statement -> statement.place().equals("streaming/Data")).toList();

    assertThat(ofTheJob)
        .filteredOn(each -> each.resources().anyMatch(resource -> resource.contains("Runs")))
        .flatExtracting(each -> each.actions().toList())
        .containsExactly("streaming/Data dynamodb:BatchWriteItem");
    assertThat(ofTheJob)
        .filteredOn(each -> each.resources().anyMatch(resource -> resource.contains("Tasks")))
        .flatExtracting(each -> each.actions().toList())
        .allMatch(action -> action.matches("streaming/Data dynamodb:(Describe|Get).*"));
  }

  @Test
  void theGeneratorCallsTheModelsOfTheCatalogueAndNoOthers() {
    List<String> models =
        ModelCatalogue.builtIn().models().stream()
            .map(model -> model.id().replaceFirst("^us\\.", ""))
            .toList();

    assertThat(allowed("prod"))
        .filteredOn(each -> each.place().equals("streaming/DatasetGeneration/Models"))
        .isNotEmpty()
        .allSatisfy(
            each -> {
              assertThat(each.actions())
                  .containsExactly("streaming/DatasetGeneration/Models bedrock:InvokeModel");
              assertThat(each.resources())
                  .allMatch(
                      resource -> models.stream().anyMatch(model -> resource.endsWith(model)));
            });
  }

  /** Without those on its log and on keys. */
  private static List<String> actionsOf(String place) {
    return allowed("prod")
        .filter(statement -> statement.place().startsWith(place))
        .flatMap(statement -> TemplateText.each(statement.node().path("Action")))
        .filter(action -> !action.startsWith("logs:") && !action.startsWith("kms:"))
        .toList();
  }

  private static Stream<String> stages() {
    return Stage.NAMES.stream();
  }

  private static Stream<Statement> allowed(String stage) {
    return SynthesizedStage.of(stage).resources().stream().flatMap(PermissionsTest::statements);
  }

  /** Policies stand under different names; who may assume a role is no permission of the role. */
  private static Stream<Statement> statements(Resource resource) {
    String place =
        resource.path().replaceFirst("plot-palette-[a-z]+-", "").replaceFirst("/Resource$", "");
    return Stream.of("PolicyDocument", "KeyPolicy", "Policies")
        .map(resource.properties()::path)
        .flatMap(policy -> policy.findValues("Statement").stream())
        .flatMap(JsonNode::valueStream)
        .filter(statement -> statement.path("Effect").asText().equals("Allow"))
        .map(statement -> new Statement(place, statement));
  }

  /** Writes what precedes the telling part of a resource in short. */
  private static String shortened(String resource) {
    return resource
        .replaceFirst("^\\$\\{[^}]*LakeC?[^}]*Arn[^}]*}", "\\${bucket}")
        .replaceFirst(
            "^arn:\\$\\{AWS::Partition}:dynamodb:.*:table/plot-palette-[a-z]+-(jobs|tasks)",
            "\\${$1}")
        .replaceFirst(
            "^arn:\\$\\{AWS::Partition}:logs:\\$\\{AWS::Region}:\\$\\{AWS::AccountId}:",
            "\\${logs}")
        .replaceFirst(
            "^arn:\\$\\{AWS::Partition}:glue:\\$\\{AWS::Region}:\\$\\{AWS::AccountId}:",
            "\\${glue}")
        .replaceFirst(
            "^arn:\\$\\{AWS::Partition}:ec2:\\$\\{AWS::Region}:\\$\\{AWS::AccountId}:", "\\${ec2}");
  }
}
