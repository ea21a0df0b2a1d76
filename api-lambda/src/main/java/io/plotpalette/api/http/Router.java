package io.plotpalette.api.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads each event to the action of its operation, after checking it against the contract, and
 * turns whatever goes wrong into a problem.
 */
public final class Router {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);

  private final ApiContract contract;
  private final Map<String, Route> routes;
  private final Optional<Idempotency> idempotency;
  private final RequestLog requestLog;

  /** An operation, ready to serve. */
  private record Route(
      ApiOperation operation,
      Map<ApiParameter, SchemaCheck> pathChecks,
      Map<ApiParameter, SchemaCheck> queryChecks,
      Optional<SchemaCheck> bodyCheck,
      Function<ApiRequest, ApiResponse> action) {}

  private Router(
      ApiContract contract,
      Map<String, Route> routes,
      Optional<Idempotency> idempotency,
      RequestLog requestLog) {
    this.contract = contract;
    this.routes = routes;
    this.idempotency = idempotency;
    this.requestLog = requestLog;
  }

  /** The same routes, with every POST safe to repeat. */
  public Router with(Idempotency store) {
    return new Router(contract, routes, Optional.of(store), requestLog);
  }

  /** The same routes, with requests logged elsewhere. */
  public Router with(RequestLog log) {
    return new Router(contract, routes, idempotency, log);
  }

  /**
   * Binds the operations of one tag to code.
   *
   * @param actions by operationId
   * @throws IllegalArgumentException naming the operations that only one of contract and code has
   */
  public static Router of(
      ApiContract contract, String tag, Map<String, Function<ApiRequest, ApiResponse>> actions) {
    List<ApiOperation> operations = contract.operations(tag);
    Set<String> inContract =
        operations.stream().map(ApiOperation::operationId).collect(Collectors.toSet());
    if (!inContract.equals(actions.keySet())) {
      throw new IllegalArgumentException(
          "operations of '%s' differ: %s in the contract, %s in code"
              .formatted(tag, new TreeSet<>(inContract), new TreeSet<>(actions.keySet())));
    }
    Map<String, Route> routes = new HashMap<>();
    for (ApiOperation operation : operations) {
      routes.put(
          operation.routeKey(),
          new Route(
              operation,
              checks(contract, operation, "path"),
              checks(contract, operation, "query"),
              operation.requestBody().map(body -> contract.check(body.schema())),
              actions.get(operation.operationId())));
    }
    return new Router(
        contract, routes, Optional.empty(), RequestLog.of(tag, System::getenv, () -> 0));
  }

  private static Map<ApiParameter, SchemaCheck> checks(
      ApiContract contract, ApiOperation operation, String location) {
    return operation.parameters().stream()
        .filter(parameter -> parameter.location().equals(location))
        .collect(Collectors.toMap(Function.identity(), each -> contract.check(each.schema())));
  }

  /** Does for every route what its first request would have to. */
  public void prepare() {
    for (Route route : routes.values()) {
      Stream.of(route.pathChecks().values(), route.queryChecks().values())
          .flatMap(Collection::stream)
          .forEach(SchemaCheck::prepare);
      route.bodyCheck().ifPresent(SchemaCheck::prepare);
    }
  }

  public APIGatewayV2HTTPResponse handle(APIGatewayV2HTTPEvent event) {
    if (PrimingRequest.is(event)) {
      return respond(event).toEvent();
    }
    Instant start = requestLog.start();
    ApiResponse response = respond(event);
    requestLog.end(
        start,
        event.getRouteKey(),
        event.getRequestContext().getRequestId(),
        Caller.of(event).map(Caller::userId).orElse(null),
        response.status());
    return response.toEvent();
  }

  private ApiResponse respond(APIGatewayV2HTTPEvent event) {
    String requestId = event.getRequestContext().getRequestId();
    ApiResponse response;
    try {
      response = answer(event, requestId);
    } catch (ProblemException e) {
      response = e.toResponse(event.getRawPath(), requestId);
    } catch (RuntimeException e) {
      response = classify(event, requestId, e).toResponse(event.getRawPath(), requestId);
    }
    return response.withHeader("X-Request-Id", requestId);
  }

  private ApiResponse answer(APIGatewayV2HTTPEvent event, String requestId) {
    Route route = routes.get(event.getRouteKey());
    if (route == null) {
      throw unknownRoute(event);
    }
    Optional<Caller> caller = Caller.of(event);
    if (route.operation().requiresAuth() && caller.isEmpty()) {
      throw ProblemException.of(ProblemType.UNAUTHENTICATED);
    }
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(orEmpty(event.getHeaders()));
    ApiRequest request =
        new ApiRequest(
            requestId,
            caller.orElse(null),
            event.getRawPath(),
            pathParameters(route, event),
            query(route, event),
            headers,
            body(route, event, headers),
            Optional.empty());
    return idempotency.isPresent() && route.operation().method().equals("POST")
        ? idempotency.get().answer(request, event.getRouteKey(), route.action())
        : route.action().apply(request);
  }

  private ProblemException unknownRoute(APIGatewayV2HTTPEvent event) {
    List<String> allowed =
        contract.operations().stream()
            .filter(operation -> operation.servesPath(event.getRawPath()))
            .map(ApiOperation::method)
            .sorted()
            .toList();
    String method = event.getRequestContext().getHttp().getMethod();
    return allowed.isEmpty() || allowed.contains(method)
        ? ProblemException.of(ProblemType.NOT_FOUND)
        : ProblemException.methodNotAllowed(allowed);
  }

  private static Map<String, String> pathParameters(Route route, APIGatewayV2HTTPEvent event) {
    Map<String, String> given = orEmpty(event.getPathParameters());
    for (var entry : route.pathChecks().entrySet()) {
      ApiParameter parameter = entry.getKey();
      JsonNode value = typed(parameter, given.get(parameter.name()));
      if (!entry.getValue().violations(value).isEmpty()) {
        throw ProblemException.of(ProblemType.NOT_FOUND);
      }
    }
    return given;
  }

  private static Map<String, JsonNode> query(Route route, APIGatewayV2HTTPEvent event) {
    Map<String, String> given = new TreeMap<>(orEmpty(event.getQueryStringParameters()));
    Map<String, JsonNode> query = new HashMap<>();
    List<Violation> violations = new ArrayList<>();
    for (var entry : route.queryChecks().entrySet()) {
      ApiParameter parameter = entry.getKey();
      String text = given.remove(parameter.name());
      JsonNode value = text == null ? parameter.schema().get("default") : typed(parameter, text);
      if (value != null) {
        query.put(parameter.name(), value);
        entry.getValue().violations(value).stream()
            .map(violation -> Violation.ofParameter(parameter.name(), violation.detail()))
            .forEach(violations::add);
      }
    }
    for (String name : given.keySet()) {
      violations.add(Violation.ofParameter(SchemaCheck.shown(name), "is not a known parameter"));
    }
    if (!violations.isEmpty()) {
      throw ProblemException.invalidParameters(violations);
    }
    return query;
  }

  /** Parameters arrive as text; numbers of the contract become numbers where that is possible. */
  private static JsonNode typed(ApiParameter parameter, String text) {
    if (parameter.schema().path("type").asText().equals("integer")
        && text.matches("-?[0-9]{1,18}")) {
      return LongNode.valueOf(Long.parseLong(text));
    }
    return TextNode.valueOf(text);
  }

  private static JsonNode body(
      Route route, APIGatewayV2HTTPEvent event, Map<String, String> headers) {
    if (route.bodyCheck().isEmpty()) {
      return null;
    }
    return route
        .bodyCheck()
        .get()
        .require(BodyReader.read(route.operation().requestBody().orElseThrow(), event, headers));
  }

  private static ProblemException classify(
      APIGatewayV2HTTPEvent event, String requestId, RuntimeException e) {
    String userId = Caller.of(event).map(Caller::userId).orElse("");
    if (TransientFailure.is(e)) {
      LOG.warn(
          "request put off request_id={} user_id={} route={} cause={}",
          requestId,
          userId,
          event.getRouteKey(),
          e.getClass().getSimpleName());
      return ProblemException.unavailable();
    }
    LOG.error(
        "request failed request_id={} user_id={} route={}",
        requestId,
        userId,
        event.getRouteKey(),
        e);
    return ProblemException.of(ProblemType.INTERNAL_ERROR);
  }

  private static Map<String, String> orEmpty(Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
