package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Holds responses against the contract: status, headers, content type and body. */
final class ContractResponses {
  private final ApiContract contract;
  private final boolean throughGateway;
  private final JsonNode closedComponents;
  // Schemas are nodes of the one contract; to make a check takes longer than most requests.
  private final Map<JsonNode, SchemaCheck> checks =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /**
   * @param throughGateway whether some answers are the gateway's own
   */
  ContractResponses(ApiContract contract, boolean throughGateway) {
    this.contract = contract;
    this.throughGateway = throughGateway;
    this.closedComponents = contract.root().get("components").deepCopy();
    // Clients ignore fields they do not know; the handlers must not send any.
    for (JsonNode schema : closedComponents.get("schemas")) {
      if (schema.has("properties") && !schema.has("additionalProperties")) {
        ((ObjectNode) schema).put("additionalProperties", false);
      }
    }
  }

  void check(ApiOperation operation, APIGatewayV2HTTPResponse response) {
    String what = operation.routeKey() + " answering " + response.getStatusCode();
    JsonNode declared =
        contract.resolve(
            contract
                .root()
                .path("paths")
                .path(operation.path())
                .path(operation.method().toLowerCase(Locale.ROOT))
                .path("responses")
                .path(Integer.toString(response.getStatusCode())));
    assertThat(declared.isMissingNode()).as(what + " is in the contract").isFalse();
    checkHeaders(what, declared, response);
    checkBody(what, declared, response);
  }

  private void checkHeaders(String what, JsonNode declared, APIGatewayV2HTTPResponse response) {
    Map<String, String> headers = response.getHeaders();
    declared
        .path("headers")
        .properties()
        .forEach(
            entry -> {
              JsonNode header = contract.resolve(entry.getValue());
              String value = headers.get(entry.getKey());
              if (value == null) {
                assertThat(header.path("required").asBoolean())
                    .as(what + " lacks " + entry.getKey())
                    .isFalse();
              } else {
                assertThat(violations(header.get("schema"), TextNode.valueOf(value)))
                    .as(what + ": " + entry.getKey())
                    .isEmpty();
              }
            });
    assertThat(headers.keySet())
        .as(what + ": undeclared headers")
        .allMatch(name -> name.equals("Content-Type") || declared.path("headers").has(name));
    // The contract says of the gateway's own answers that they hold a plain message.
    if (!throughGateway
        || response.getStatusCode() < 400
        || !"application/json".equals(headers.get("Content-Type"))) {
      assertThat(headers).as(what).containsKey("X-Request-Id");
    }
  }

  private void checkBody(String what, JsonNode declared, APIGatewayV2HTTPResponse response) {
    if (!declared.has("content")) {
      assertThat(response.getBody()).as(what).isNull();
      return;
    }
    String contentType = response.getHeaders().get("Content-Type");
    JsonNode content = declared.path("content").path(contentType);
    assertThat(content.isMissingNode()).as(what + " as " + contentType).isFalse();
    JsonNode body =
        contentType.endsWith("json")
            ? parse(response.getBody())
            : TextNode.valueOf(response.getBody());
    assertThat(violations(content.get("schema"), body)).as(what + ": " + body).isEmpty();
    if (contentType.equals("application/problem+json")) {
      assertThat(body.get("status").intValue()).isEqualTo(response.getStatusCode());
    }
  }

  private List<Violation> violations(JsonNode schema, JsonNode value) {
    return checks.computeIfAbsent(schema, this::check).violations(value);
  }

  private SchemaCheck check(JsonNode schema) {
    ObjectNode standalone = schema.deepCopy();
    standalone.set("components", closedComponents);
    return new SchemaCheck(standalone);
  }

  private static JsonNode parse(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + json, e);
    }
  }
}
