package io.plotpalette.local.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.plotpalette.local.gateway.Route.Authorization;
import io.plotpalette.local.gateway.RouteTable.Match;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
  @ParameterizedTest
  @CsvSource({
    "GET,  /v1/tasks,          GET /v1/tasks",
    "POST, /v1/tasks,          POST /v1/tasks",
    "GET,  /v1/tasks/t1,       GET /v1/tasks/{task_id}",
    "GET,  /v1/tasks/latest,   GET /v1/tasks/latest",
    "GET,  /v1/tasks/t1/notes, GET /v1/tasks/{task_id}/notes",
    "GET,  /v1/a/notes,        GET /v1/{list}/notes",
    "GET,  /v1/tasks/notes,    GET /v1/tasks/{task_id}"
  })
  void takesTheMostSpecificRoute(String method, String path, String routeKey) {
    RouteTable table =
        table(
            "GET /v1/{list}/notes",
            "GET /v1/tasks/{task_id}/notes",
            "GET /v1/tasks/{task_id}",
            "GET /v1/tasks/latest",
            "POST /v1/tasks",
            "GET /v1/tasks");

    assertThat(table.match(method, path)).map(match -> match.route().key()).contains(routeKey);
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE, /v1/tasks/t1",
    "GET, /v1/tasks/",
    "GET, /v1/tasks/t1/",
    "GET, /v1//t1",
    "GET, /v1",
    "GET, /"
  })
  void hasNoRouteForOtherMethodsAndPaths(String method, String path) {
    assertThat(table("GET /v1/tasks/{task_id}", "GET /v1/tasks").match(method, path)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"DELETE, /v1/tasks/t1", "GET, /v1/tasks/", "OPTIONS, /", "GET, /v1/tasks/t1"})
  void leadsWhatIsLeftToTheDefault(String method, String path) {
    RouteTable table = table("GET /v1/tasks/{task_id}", "$default");

    assertThat(table.match(method, path))
        .hasValueSatisfying(
            match -> {
              boolean isRouted = method.equals("GET") && path.equals("/v1/tasks/t1");
              assertThat(match.route().key())
                  .isEqualTo(isRouted ? "GET /v1/tasks/{task_id}" : "$default");
              assertThat(match.pathParameters().isEmpty()).isEqualTo(!isRouted);
            });
  }

  @Test
  void decodesParametersButNotAPlus() {
    assertThat(table("GET /v1/{a}/x/{b}").match("GET", "/v1/caf%C3%A9%20au/x/1+1"))
        .map(Match::pathParameters)
        .contains(Map.of("a", "café au", "b", "1+1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/tasks/{task_id}:complete",
        "/v1/tasks:batch",
        "/v1/{proxy+}",
        "/v1/tasks/",
        "/v1//tasks",
        "/v1/tâches",
        "v1/tasks"
      })
  void refusesAPathApiGatewayWouldRefuse(String path) {
    assertThatThrownBy(() -> route("GET " + path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GET " + path);
  }

  @Test
  void refusesRoutesForTheSameRequests() {
    assertThatThrownBy(() -> table("GET /v1/{a}", "GET /v1/{b}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Routes GET /v1/{a} and GET /v1/{b} take the same requests");
    assertThatThrownBy(() -> table("$default", "$default"))
        .hasMessage("Routes $default and $default take the same requests");
  }

  private static RouteTable table(String... keys) {
    List<Route> routes = Arrays.stream(keys).map(RouteTableTest::route).toList();
    return new RouteTable(routes);
  }

  private static Route route(String key) {
    LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function =
        (event, limit) -> {
          throw new AssertionError("not to be invoked");
        };
    if (key.equals(Route.DEFAULT_KEY)) {
      return Route.otherwise(function);
    }
    String[] methodAndPath = key.split(" ", 2);
    return new Route(methodAndPath[0], methodAndPath[1], Authorization.NONE, function);
  }
}
