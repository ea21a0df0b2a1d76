package io.plotpalette.api.http;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** Calls a handler as the gateway does and holds every answer against the contract. */
public final class TestingApi {
  public static final String REQUEST_ID = "JKJaXmPLvHcESHA=";

  private static final ApiContract CONTRACT = ApiContract.packaged();

  private final RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler;
  private final ContractResponses responses;

  public TestingApi(RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler) {
    this(handler, false);
  }

  private TestingApi(
      RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler,
      boolean throughGateway) {
    this.handler = handler;
    this.responses = new ContractResponses(CONTRACT, throughGateway);
  }

  /** For a handler that sends what it is given to a gateway. */
  public static TestingApi throughGateway(
      RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> gateway) {
    return new TestingApi(gateway, true);
  }

  public Call call(String method, String path) {
    return new Call(method, path);
  }

  /** An answer that keeps the contract. */
  public record Answer(int status, Map<String, String> headers, String body) {
    public JsonNode json() {
      try {
        return Json.MAPPER.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + body, e);
      }
    }

    public String etag() {
      return headers.get("ETag");
    }
  }

  /** A call under construction. */
  public final class Call {
    private final String method;
    private final String path;
    private final Map<String, String> headers = new HashMap<>();
    private final Map<String, String> query = new HashMap<>();
    private final Map<String, String> claims = new HashMap<>();
    private String body;
    private boolean base64;

    private Call(String method, String path) {
      this.method = method;
      this.path = path;
    }

    public Call as(String userId) {
      claims.put("sub", userId);
      return this;
    }

    public Call inGroup(String name) {
      claims.put("cognito:groups", "[" + name + "]");
      return this;
    }

    public Call header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    public Call ifMatch(String value) {
      return header("if-match", value);
    }

    public Call query(String name, String value) {
      query.put(name, value);
      return this;
    }

    public Call json(String value) {
      body = value;
      return header("content-type", "application/json");
    }

    public Call body(String value) {
      body = value;
      return this;
    }

    public Call base64Body(String value) {
      body = value;
      base64 = true;
      return this;
    }

    public Answer send() {
      ApiOperation operation =
          CONTRACT.operations().stream()
              .filter(candidate -> candidate.method().equals(method))
              .filter(candidate -> candidate.servesPath(path))
              .findFirst()
              .orElseThrow();
      APIGatewayV2HTTPResponse response =
          handler.handleRequest(event(operation.routeKey(), pathParameters(operation)), null);
      responses.check(operation, response);
      return new Answer(response.getStatusCode(), response.getHeaders(), response.getBody());
    }

    /** For routes the contract does not have. */
    public APIGatewayV2HTTPResponse sendUnchecked(String routeKey) {
      return handler.handleRequest(event(routeKey, Map.of()), null);
    }

    private Map<String, String> pathParameters(ApiOperation operation) {
      String[] names = operation.path().split("/", -1);
      String[] values = path.split("/", -1);
      Map<String, String> parameters = new HashMap<>();
      for (int i = 0; i < names.length; i++) {
        if (names[i].startsWith("{")) {
          parameters.put(names[i].substring(1, names[i].length() - 1), values[i]);
        }
      }
      return parameters;
    }

    private APIGatewayV2HTTPEvent event(String routeKey, Map<String, String> pathParameters) {
      RequestContext.RequestContextBuilder context =
          RequestContext.builder()
              .withRequestId(REQUEST_ID)
              .withHttp(RequestContext.Http.builder().withMethod(method).withPath(path).build());
      if (!claims.isEmpty()) {
        context.withAuthorizer(
            RequestContext.Authorizer.builder()
                .withJwt(RequestContext.Authorizer.JWT.builder().withClaims(claims).build())
                .build());
      }
      // The gateway leaves out what is empty.
      return APIGatewayV2HTTPEvent.builder()
          .withVersion("2.0")
          .withRouteKey(routeKey)
          .withRawPath(path)
          .withHeaders(headers)
          .withQueryStringParameters(query.isEmpty() ? null : query)
          .withPathParameters(pathParameters.isEmpty() ? null : pathParameters)
          .withRequestContext(context.build())
          .withBody(body)
          .withIsBase64Encoded(base64)
          .build();
    }
  }
}
