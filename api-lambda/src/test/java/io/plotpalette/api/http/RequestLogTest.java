package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RequestLogTest {
  private static final Instant START = Instant.parse("2026-11-20T09:00:00Z");

  private final List<String> lines = new ArrayList<>();
  private final AtomicLong throttles = new AtomicLong();
  private Instant now = START;
  private Function<ApiRequest, ApiResponse> action = request -> ApiResponse.noContent();
  private final Router router = router();
  private final TestingApi api = new TestingApi((event, context) -> router.handle(event));

  @Test
  void aRequestIsOneLineThatIsLogAndMetric() throws JsonProcessingException {
    throttles.set(2);
    action =
        request -> {
          now = now.plusMillis(250);
          return ApiResponse.noContent();
        };

    api.call("DELETE", "/v1/tasks/019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01").as("ada").send();

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .isEqualTo(
            """
            {"_aws":{"Timestamp":1795165200250,"CloudWatchMetrics":[{"Namespace":"PlotPalette/Api",\
            "Dimensions":[["function"],["function","route"]],"Metrics":[\
            {"Name":"cold_starts","Unit":"Count"},{"Name":"errors","Unit":"Count"},\
            {"Name":"latency_ms","Unit":"Milliseconds"},{"Name":"requests","Unit":"Count"},\
            {"Name":"table_throttles","Unit":"Count"}]}]},"function":"api-tasks",\
            "route":"DELETE /v1/tasks/{task_id}","request_id":"JKJaXmPLvHcESHA=","user_id":"ada",\
            "status":204,"requests":1,"errors":0,"latency_ms":250,"cold_starts":1,\
            "table_throttles":2}""");
    JsonNode line = Json.MAPPER.readTree(lines.get(0));
    assertThat(line.at("/_aws/CloudWatchMetrics/0/Metrics").findValuesAsText("Name"))
        .allMatch(line::has);
  }

  @Test
  void onlyTheFirstRequestIsACold() throws JsonProcessingException {
    api.call("GET", "/v1/tasks").as("ada").sendUnchecked("GET /v1/tasks");
    api.call("GET", "/v1/tasks").as("ada").sendUnchecked("GET /v1/tasks");

    assertThat(field("cold_starts")).isEqualTo(List.of("1", "0"));
  }

  @Test
  void theRequestThatPrimesASnapshotIsNone() throws JsonProcessingException {
    router.handle(PrimingRequest.get("/v1/tasks"));
    assertThat(lines).isEmpty();

    api.call("GET", "/v1/tasks").as("ada").sendUnchecked("GET /v1/tasks");
    assertThat(field("cold_starts")).isEqualTo(List.of("1"));
  }

  @Test
  void whatFailsIsAnErrorAndWhatIsRefusedIsNot() throws JsonProcessingException {
    action =
        request -> {
          throw new IllegalStateException("secret");
        };

    api.call("GET", "/v1/tasks").as("ada").send();
    api.call("GET", "/v1/tasks").send();
    api.call("GET", "/v1/nothing").as("ada").sendUnchecked("$default");

    assertThat(field("status")).isEqualTo(List.of("500", "401", "404"));
    assertThat(field("errors")).isEqualTo(List.of("1", "0", "0"));
    assertThat(field("user_id")).isEqualTo(List.of("ada", "", "ada"));
  }

  @Test
  void nothingTheCallerWroteIsInTheLog() {
    api.call("POST", "/v1/tasks")
        .as("ada")
        .header("authorization", "Bearer secret")
        .json("{\"title\":\"secret\",\"description\":\"secret\",\"secret\":\"secret\"}")
        .send();
    api.call("GET", "/v1/tasks").as("ada").query("q", "secret").sendUnchecked("GET /v1/tasks");
    api.call("GET", "/v1/tasks/secret").as("ada").send();

    assertThat(lines).hasSize(3).noneMatch(line -> line.contains("secret"));
  }

  private List<String> field(String name) throws JsonProcessingException {
    List<String> values = new ArrayList<>();
    for (String line : lines) {
      values.add(Json.MAPPER.readTree(line).path(name).asText());
    }
    return values;
  }

  private Router router() {
    ApiContract contract = ApiContract.packaged();
    return Router.of(
            contract,
            "tasks",
            contract.operations("tasks").stream()
                .collect(
                    Collectors.toMap(
                        ApiOperation::operationId, each -> request -> action.apply(request))))
        .with(new RequestLog(lines::add, () -> now, "api-tasks", throttles::get));
  }
}
