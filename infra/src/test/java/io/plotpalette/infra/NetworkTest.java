package io.plotpalette.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.infra.SynthesizedStage.Resource;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private final SynthesizedStage stage = SynthesizedStage.of("prod");

  @Test
  void devHasNoneAndPaysForNone() {
    assertThat(SynthesizedStage.of("dev").stacks())
        .containsExactlyInAnyOrder(
            "storage", "database", "queue", "auth", "api", "streaming", "analytics");
    assertThat(stage.stacks())
        .containsExactlyInAnyOrder(
            "network", "storage", "database", "queue", "auth", "api", "streaming", "analytics");
  }

  @Test
  void nothingLeadsOutOfIt() {
    assertThat(stage.resources("AWS::EC2::InternetGateway")).isEmpty();
    assertThat(stage.resources("AWS::EC2::NatGateway")).isEmpty();
    assertThat(stage.resources("AWS::EC2::Route")).isEmpty();
    assertThat(stage.resources("AWS::EC2::Subnet"))
        .hasSize(2)
        .allSatisfy(
            subnet ->
                assertThat(subnet.properties().path("MapPublicIpOnLaunch").asBoolean()).isFalse());
  }

  @Test
  void onlyTheServicesTheJobUsesHaveAnEndpoint() {
    assertThat(stage.resources("AWS::EC2::VPCEndpoint"))
        .extracting(
            endpoint ->
                endpoint.properties().path("VpcEndpointType").asText()
                    + " "
                    + TemplateText.of(endpoint.properties().path("ServiceName")))
        .containsExactlyInAnyOrder(
            "Gateway com.amazonaws.${AWS::Region}.s3",
            "Gateway com.amazonaws.${AWS::Region}.dynamodb",
            "Interface com.amazonaws.${AWS::Region}.dynamodb-streams",
            "Interface com.amazonaws.${AWS::Region}.bedrock-runtime");
  }

  @Test
  void onlyTheTablesOfTheJobAreReachable() {
    JsonNode statements =
        stage.resources("AWS::EC2::VPCEndpoint").stream()
            .map(Resource::properties)
            .filter(each -> TemplateText.of(each.path("ServiceName")).endsWith(".dynamodb"))
            .findFirst()
            .orElseThrow()
            .at("/PolicyDocument/Statement");

    assertThat(statements)
        .flatExtracting(
            each ->
                TemplateText.each(each.path("Action"))
                    .flatMap(
                        action ->
                            TemplateText.each(each.path("Resource"))
                                .map(
                                    resource ->
                                        action + " " + resource.replaceFirst(".*:table/", "")))
                    .toList())
        .containsExactlyInAnyOrder(
            "dynamodb:DescribeTable plot-palette-prod-tasks",
            "dynamodb:DescribeTable plot-palette-prod-jobs",
            "dynamodb:BatchWriteItem plot-palette-prod-runs",
            "dynamodb:BatchWriteItem plot-palette-prod-cost-tracking",
            "dynamodb:GetItem plot-palette-prod-templates",
            "dynamodb:PutItem plot-palette-prod-call-journal",
            "dynamodb:PutItem plot-palette-prod-jobs",
            "dynamodb:Query plot-palette-prod-call-journal",
            "dynamodb:Query plot-palette-prod-jobs",
            "dynamodb:Query plot-palette-prod-jobs/index/by-state");
  }

  @Test
  void applicationsSpeakOnlyHttps() {
    JsonNode egress =
        stage.resources("AWS::EC2::SecurityGroup").stream()
            .filter(group -> group.path().contains("/Application/"))
            .findFirst()
            .orElseThrow()
            .properties()
            .path("SecurityGroupEgress");

    assertThat(egress)
        .singleElement()
        .satisfies(rule -> assertThat(rule.path("ToPort").asInt()).isEqualTo(443));
  }

  @Test
  void trafficIsLoggedForAWeek() {
    assertThat(stage.resources("AWS::EC2::FlowLog"))
        .singleElement()
        .satisfies(
            log -> assertThat(log.properties().path("TrafficType").asText()).isEqualTo("ALL"));
    assertThat(stage.resources("AWS::Logs::LogGroup"))
        .filteredOn(group -> group.stack().equals("network"))
        .singleElement()
        .satisfies(
            group -> assertThat(group.properties().path("RetentionInDays").asInt()).isEqualTo(7));
  }
}
