package io.plotpalette.infra;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiOperation;
import io.plotpalette.infra.SynthesizedStage.Resource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The gateway of the templates against the contract. */
class ApiTest {
  private final SynthesizedStage stage = SynthesizedStage.of("prod");

  @Test
  void everyRouteOfTheContractIsThereAndNoOther() {
    assertThat(routes().keySet())
        .containsExactlyInAnyOrderElementsOf(
            ApiContract.packaged().operations().stream().map(ApiOperation::routeKey).toList());
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
        .containsExactlyInAnyOrder("GET /v1/health", "GET /v1/openapi.yaml");
  }

  @Test
  void everyRouteLeadsToTheFunctionNamedAfterItsTag() {
    Map<String, Resource> byId =
        stage.resources().stream()
            .filter(resource -> resource.stack().equals("api"))
            .collect(toMap(Resource::id, resource -> resource));
    Map<String, JsonNode> routes = routes();

    assertThat(ApiContract.packaged().operations())
        .allSatisfy(
            operation -> {
              String target = TemplateText.of(routes.get(operation.routeKey()).path("Target"));
              Resource integration = byId.get(target.replaceAll("integrations/\\$\\{(.*)}", "$1"));
              assertThat(integration.properties().path("PayloadFormatVersion").asText())
                  .isEqualTo("2.0");
              String alias = TemplateText.of(integration.properties().path("IntegrationUri"));
              String function =
                  TemplateText.of(
                      byId.get(alias.substring(2, alias.length() - 1))
                          .properties()
                          .path("FunctionName"));
              assertThat(
                      byId.get(function.substring(2, function.length() - 1))
                          .properties()
                          .path("FunctionName")
                          .asText())
                  .isEqualTo("plot-palette-prod-api-" + operation.tag());
            });
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
  void onlyGivenOriginsMayCallFromAPage() {
    JsonNode inDev =
        SynthesizedStage.of("dev").resources("AWS::ApiGatewayV2::Api").get(0).properties();
    JsonNode inProd = stage.resources("AWS::ApiGatewayV2::Api").get(0).properties();

    assertThat(TemplateText.each(inDev.at("/CorsConfiguration/AllowOrigins")))
        .containsExactly("http://localhost:3000");
    assertThat(inProd.has("CorsConfiguration")).isFalse();
  }

  private Map<String, JsonNode> routes() {
    return stage.resources("AWS::ApiGatewayV2::Route").stream()
        .collect(
            toMap(route -> route.properties().path("RouteKey").asText(), Resource::properties));
  }
}
