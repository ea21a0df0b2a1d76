package io.plotpalette.infra;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiOperation;
import io.plotpalette.infra.SynthesizedStage.Resource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The gateway of the templates against the contract. */
class ApiTest {
  private final SynthesizedStage stage = SynthesizedStage.of("prod");

  @Test
  void everyRouteOfTheContractIsThereAndOneForTheRest() {
    assertThat(routes().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    ApiContract.packaged().operations().stream().map(ApiOperation::routeKey),
                    Stream.of("$default"))
                .toList());
  }

  @Test
  void everyRouteAsksForATokenUnlessItsContractSaysOtherwise() {
    Map<String, JsonNode> routes = routes();

    assertThat(ApiContract.packaged().operations())
        .allSatisfy(
            operation -> {
              JsonNode route = routes.get(operation.routeKey());
              assertThat(route.path("AuthorizationType").asText())
                  .isEqualTo(operation.requiresAuth() ? "JWT" : "NONE");
              assertThat(route.has("AuthorizerId")).isEqualTo(operation.requiresAuth());
            });
    assertThat(routes.keySet())
        .filteredOn(key -> routes.get(key).path("AuthorizationType").asText().equals("NONE"))
        .containsExactlyInAnyOrder("$default", "GET /v1/health", "GET /v1/openapi.yaml");
  }

  @Test
  void everyRouteLeadsToTheFunctionNamedAfterItsTag() {
    Map<String, JsonNode> routes = routes();

    assertThat(ApiContract.packaged().operations())
        .allSatisfy(
            operation ->
                assertThat(functionBehind(routes.get(operation.routeKey())))
                    .isEqualTo("plot-palette-prod-api-" + operation.tag()));
    assertThat(functionBehind(routes.get("$default"))).isEqualTo("plot-palette-prod-api-meta");
  }

  /** The function's name, by the integration and the alias in between. */
  private String functionBehind(JsonNode route) {
    Map<String, Resource> byId =
        stage.resources().stream()
            .filter(resource -> resource.stack().equals("api"))
            .collect(toMap(Resource::id, resource -> resource));
    String target = TemplateText.of(route.path("Target"));
    Resource integration = byId.get(target.replaceAll("integrations/\\$\\{(.*)}", "$1"));
    assertThat(integration.properties().path("PayloadFormatVersion").asText()).isEqualTo("2.0");
    String alias = TemplateText.of(integration.properties().path("IntegrationUri"));
    String function =
        TemplateText.of(
            byId.get(alias.substring(2, alias.length() - 1)).properties().path("FunctionName"));
    return byId.get(function.substring(2, function.length() - 1))
        .properties()
        .path("FunctionName")
        .asText();
  }

  @Test
  void onlyTokensOfThePoolsClientCount() {
    List<Resource> authorizers = stage.resources("AWS::ApiGatewayV2::Authorizer");

    assertThat(authorizers)
        .singleElement()
        .satisfies(
            authorizer -> {
              JsonNode jwt = authorizer.properties().path("JwtConfiguration");
              assertThat(TemplateText.of(jwt.path("Issuer")))
                  .startsWith("https://cognito-idp.${AWS::Region}.")
                  .contains("UserPool");
              assertThat(TemplateText.each(jwt.path("Audience")))
                  .singleElement()
                  .asString()
                  .contains("UserPoolClient");
            });
  }

  @Test
  void requestsAreLimitedAndLogged() {
    assertThat(stage.resources("AWS::ApiGatewayV2::Stage"))
        .singleElement()
        .satisfies(
            gatewayStage -> {
              JsonNode properties = gatewayStage.properties();
              assertThat(properties.at("/DefaultRouteSettings/ThrottlingRateLimit").asInt())
                  .isEqualTo(1_000);
              assertThat(properties.at("/DefaultRouteSettings/ThrottlingBurstLimit").asInt())
                  .isEqualTo(2_000);
              assertThat(properties.at("/AccessLogSettings/Format").asText())
                  .contains("\"request_id\":\"$context.requestId\"");
              assertThat(properties.at("/AccessLogSettings/DestinationArn").isMissingNode())
                  .isFalse();
            });
  }

  @Test
  void costlyRoutesGetATenthOfTheRate() {
    Resource gatewayStage = stage.resources("AWS::ApiGatewayV2::Stage").get(0);
    JsonNode settings = gatewayStage.properties().path("RouteSettings");

    assertThat(settings.fieldNames())
        .toIterable()
        .contains("POST /v1/tasks/batch", "POST /v1/tasks/exports", "DELETE /v1/users/me");
    assertThat(settings)
        .allSatisfy(
            each -> {
              assertThat(each.path("ThrottlingRateLimit").asInt()).isEqualTo(100);
              assertThat(each.path("ThrottlingBurstLimit").asInt()).isEqualTo(200);
              assertThat(each.path("DetailedMetricsEnabled").asBoolean()).isTrue();
            });
    // The gateway refuses settings of a route it does not have yet.
    List<String> routeIds =
        stage.resources("AWS::ApiGatewayV2::Route").stream()
            .filter(route -> settings.has(route.properties().path("RouteKey").asText()))
            .map(Resource::id)
            .toList();
    assertThat(routeIds).hasSize(settings.size());
    assertThat(TemplateText.each(gatewayStage.node().path("DependsOn")).toList())
        .containsAll(routeIds);
  }

  @Test
  void onlyGivenOriginsMayCallFromAPage() {
    JsonNode inDev =
        SynthesizedStage.of("dev").resources("AWS::ApiGatewayV2::Api").get(0).properties();
    JsonNode inProd = stage.resources("AWS::ApiGatewayV2::Api").get(0).properties();

    assertThat(TemplateText.each(inDev.at("/CorsConfiguration/AllowOrigins")))
        .containsExactly("http://localhost:3000");
    assertThat(TemplateText.each(inDev.at("/CorsConfiguration/AllowHeaders"))).contains("prefer");
    JsonNode files = SynthesizedStage.of("dev").resources("AWS::S3::Bucket").get(0).properties();
    assertThat(TemplateText.each(files.at("/CorsConfiguration/CorsRules/0/AllowedOrigins")))
        .containsExactly("http://localhost:3000");
    assertThat(stage.resources("AWS::S3::Bucket").get(0).properties().has("CorsConfiguration"))
        .isFalse();
    assertThat(inProd.has("CorsConfiguration")).isFalse();
  }

  private Map<String, JsonNode> routes() {
    return stage.resources("AWS::ApiGatewayV2::Route").stream()
        .collect(
            toMap(route -> route.properties().path("RouteKey").asText(), Resource::properties));
  }
}
