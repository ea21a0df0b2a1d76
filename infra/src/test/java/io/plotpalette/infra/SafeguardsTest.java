package io.plotpalette.infra;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.infra.SynthesizedStage.Resource;
import io.plotpalette.model.lake.LakeTable;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every resource of every stage has to keep to. */
class SafeguardsTest {
  /** Types CloudFormation has no tags for; any other type has to have ours. */
  private static final Set<String> WITHOUT_TAGS =
      Set.of(
          "AWS::ApiGatewayV2::Authorizer",
          "AWS::ApiGatewayV2::Integration",
          "AWS::ApiGatewayV2::Route",
          "AWS::Athena::NamedQuery",
          "AWS::Cognito::UserPoolClient",
          "AWS::Cognito::UserPoolGroup",
          "AWS::EC2::SecurityGroupIngress",
          "AWS::EC2::SubnetRouteTableAssociation",
          "AWS::Glue::Database",
          "AWS::Glue::Table",
          "AWS::IAM::Policy",
          "AWS::KMS::Alias",
          "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption",
          "AWS::Lambda::Alias",
          "AWS::Lambda::Permission",
          "AWS::Lambda::Version",
          "AWS::Logs::LogStream",
          "AWS::S3::BucketPolicy",
          "AWS::SQS::QueuePolicy",
          "AWS::Scheduler::Schedule",
          "Custom::LakeViews");

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void cloudFormationWouldTakeEveryTemplate(SynthesizedStage stage) {
    JsonNode reports = stage.file("validation-report.json").path("pluginReports");

    assertThat(reports.findValues("violations")).allSatisfy(each -> assertThat(each).isEmpty());
    assertThat(reports).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void noCheckHasAFinding(SynthesizedStage stage) {
    assertThat(stage.findings()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void everyAcceptedFindingHasAReason(SynthesizedStage stage) {
    assertThat(
            stage.resources().stream()
                .flatMap(
                    resource ->
                        resource.node().at("/Metadata/cdk_nag/rules_to_suppress").valueStream()))
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each.path("reason").asText()).hasSizeGreaterThan(40));
  }

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void everythingIsTagged(SynthesizedStage stage) {
    assertThat(stage.resources())
        .filteredOn(resource -> !WITHOUT_TAGS.contains(resource.type()))
        .isNotEmpty()
        .allSatisfy(
            resource ->
                assertThat(tags(resource))
                    .containsKeys("CostCenter", "Owner")
                    .containsEntry("Project", "plot-palette")
                    .containsEntry("Environment", stage.toString()));
  }

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void everyLogEnds(SynthesizedStage stage) {
    assertThat(stage.resources("AWS::Logs::LogGroup"))
        .isNotEmpty()
        .allSatisfy(
            group ->
                assertThat(group.properties().path("RetentionInDays").asInt()).isBetween(1, 90));
  }

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void everythingStoredIsEncrypted(SynthesizedStage stage) {
    boolean ownKey = stage.toString().equals("prod");

    assertThat(stage.resources("AWS::DynamoDB::Table"))
        .isNotEmpty()
        .allSatisfy(
            table -> {
              JsonNode encryption = table.properties().path("SSESpecification");
              assertThat(encryption.path("SSEEnabled").asBoolean()).isTrue();
              assertThat(encryption.has("KMSMasterKeyId")).isEqualTo(ownKey);
            });
    assertThat(stage.resources("AWS::S3::Bucket"))
        .isNotEmpty()
        .allSatisfy(
            bucket ->
                assertThat(
                        bucket
                            .properties()
                            .path("BucketEncryption")
                            .findValuesAsText("SSEAlgorithm"))
                    .containsExactly(ownKey ? "aws:kms" : "AES256"));
    assertThat(stage.resources("AWS::SQS::Queue"))
        .isNotEmpty()
        .allSatisfy(
            queue -> {
              assertThat(queue.properties().path("SqsManagedSseEnabled").asBoolean())
                  .isEqualTo(!ownKey);
              assertThat(queue.properties().has("KmsMasterKeyId")).isEqualTo(ownKey);
            });
    assertThat(stage.resources("AWS::Athena::WorkGroup"))
        .isNotEmpty()
        .allSatisfy(
            workgroup ->
                assertThat(
                        workgroup
                            .properties()
                            .at(
                                "/WorkGroupConfiguration/ResultConfiguration/EncryptionConfiguration"
                                    + "/EncryptionOption")
                            .asText())
                    .isEqualTo(ownKey ? "SSE_KMS" : "SSE_S3"));
    assertThat(stage.resources("AWS::KMS::Key"))
        .allMatch(key -> key.properties().path("EnableKeyRotation").asBoolean());
  }

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void noBucketIsPublicOrTakesPlainHttp(SynthesizedStage stage) {
    assertThat(stage.resources("AWS::S3::Bucket"))
        .allSatisfy(
            bucket ->
                assertThat(bucket.properties().path("PublicAccessBlockConfiguration"))
                    .hasSize(4)
                    .allMatch(JsonNode::asBoolean));
    assertThat(stage.resources("AWS::S3::BucketPolicy"))
        .hasSameSizeAs(stage.resources("AWS::S3::Bucket"))
        .allSatisfy(
            policy ->
                assertThat(
                        policy
                            .properties()
                            .at("/PolicyDocument/Statement")
                            .valueStream()
                            .filter(each -> each.path("Effect").asText().equals("Deny"))
                            .map(each -> each.path("Condition").toString()))
                    .contains(
                        "{\"Bool\":{\"aws:SecureTransport\":\"false\"}}",
                        "{\"NumericLessThan\":{\"s3:TlsVersion\":1.2}}"));
  }

  @ParameterizedTest
  @MethodSource("io.plotpalette.infra.SynthesizedStage#all")
  void noQueueTakesPlainHttp(SynthesizedStage stage) {
    assertThat(stage.resources("AWS::SQS::QueuePolicy"))
        .hasSameSizeAs(stage.resources("AWS::SQS::Queue"))
        .allSatisfy(
            policy ->
                assertThat(policy.properties().at("/PolicyDocument/Statement"))
                    .singleElement()
                    .satisfies(
                        statement -> {
                          assertThat(statement.path("Effect").asText()).isEqualTo("Deny");
                          assertThat(statement.path("Action").asText()).isEqualTo("sqs:*");
                          assertThat(statement.path("Condition").toString())
                              .isEqualTo("{\"Bool\":{\"aws:SecureTransport\":\"false\"}}");
                        }));
  }

  @Test
  void filesOfUsersAreGoneAfterADayOldVersionsToo() {
    assertThat(
            SynthesizedStage.of("prod")
                .resources("AWS::S3::Bucket")
                .get(0)
                .properties()
                .at("/LifecycleConfiguration/Rules"))
        .anySatisfy(
            rule -> {
              assertThat(rule.path("Prefix").asText()).isEqualTo("transfers/");
              assertThat(rule.path("ExpirationInDays").asInt()).isEqualTo(1);
              assertThat(rule.at("/NoncurrentVersionExpiration/NoncurrentDays").asInt())
                  .isEqualTo(1);
              assertThat(rule.at("/AbortIncompleteMultipartUpload/DaysAfterInitiation").asInt())
                  .isEqualTo(1);
              assertThat(rule.path("Status").asText()).isEqualTo("Enabled");
            });
  }

  @Test
  void theOldestBronzeBecomesCheap() {
    JsonNode rules =
        SynthesizedStage.of("prod")
            .resources("AWS::S3::Bucket")
            .get(0)
            .properties()
            .at("/LifecycleConfiguration/Rules");

    assertThat(rules)
        .anySatisfy(
            rule -> {
              assertThat(rule.path("Prefix").asText())
                  .isEqualTo(LakeTable.TASK_CHANGES.path() + "/");
              assertThat(rule.at("/Transitions/0/StorageClass").asText()).isEqualTo("GLACIER_IR");
              assertThat(rule.at("/Transitions/0/TransitionInDays").asInt()).isEqualTo(90);
            });
  }

  @Test
  void datasetsMoveToTheArchiveThatIsReadAtOnce() {
    SynthesizedStage prod = SynthesizedStage.of("prod");

    assertThat(archiveOfDatasets(prod)).isEqualTo("GLACIER_IR after 3 days, old versions 1");
    assertThat(prod.resources("AWS::SNS::Topic"))
        .noneMatch(topic -> topic.toString().contains("DatasetRestores"));
  }

  @Test
  void fromTheCheaperArchiveATopicHearsOfEveryFileThatIsBack() {
    SynthesizedStage flexible = SynthesizedStage.devWith("flexible-archive", "true");
    JsonNode notification =
        flexible
            .resources("AWS::S3::Bucket")
            .get(0)
            .properties()
            .at("/NotificationConfiguration/TopicConfigurations/0");

    assertThat(archiveOfDatasets(flexible)).isEqualTo("GLACIER after 3 days, old versions 1");
    assertThat(notification.path("Event").asText()).isEqualTo("s3:ObjectRestore:Completed");
    assertThat(TemplateText.of(notification.path("Topic"))).contains("DatasetRestores");
    assertThat(flexible.resources("AWS::SNS::TopicPolicy"))
        .anyMatch(policy -> policy.properties().toString().contains("s3.amazonaws.com"));
    assertThat(flexible.findings()).isEmpty();
  }

  private static String archiveOfDatasets(SynthesizedStage stage) {
    return stage
        .resources("AWS::S3::Bucket")
        .get(0)
        .properties()
        .at("/LifecycleConfiguration/Rules")
        .valueStream()
        .filter(rule -> rule.path("Prefix").asText().equals("jobs/"))
        .map(
            rule ->
                "%s after %d days, old versions %d"
                    .formatted(
                        rule.at("/Transitions/0/StorageClass").asText(),
                        rule.at("/Transitions/0/TransitionInDays").asInt(),
                        rule.at("/NoncurrentVersionExpiration/NoncurrentDays").asInt()))
        .collect(joining());
  }

  @Test
  void templatesNameNoAccountAndNoRegion() {
    assertThat(
            Stream.of("dev", "staging", "prod")
                .flatMap(stage -> SynthesizedStage.of(stage).resources().stream())
                .map(resource -> resource.properties().toString())
                // Where a model's inference profile leads is said by the catalogue, not by us.
                .map(text -> text.replaceAll(":bedrock:[a-z0-9-]+::foundation-model", "")))
        .noneMatch(text -> text.matches(".*([:\"/][0-9]{12}[:\"/]|\\b[a-z]{2}-[a-z]+-[0-9]\\b).*"));
  }

  /** Most types take a list, some a map. */
  private static Map<String, String> tags(Resource resource) {
    JsonNode tags = resource.properties().path("Tags");
    if (tags.isArray()) {
      return tags.valueStream()
          .collect(toMap(tag -> tag.path("Key").asText(), tag -> tag.path("Value").asText()));
    }
    JsonNode map = tags.isObject() ? tags : resource.properties().path("UserPoolTags");
    return map.properties().stream()
        .collect(toMap(Map.Entry::getKey, entry -> entry.getValue().asText()));
  }
}
