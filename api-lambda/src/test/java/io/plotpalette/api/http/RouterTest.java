package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.plotpalette.api.http.TestingApi.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

class RouterTest {
  private static final String TASK_PATH = "/v1/tasks/019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01";
  private static final String BODY = "{\"title\":\"secret plan\"}";

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  private Function<ApiRequest, ApiResponse> action = request -> ApiResponse.noContent();
  private ApiRequest seen;
  private TestingApi api;

  @BeforeEach
  void bindEveryOperationToTheAction() {
    ApiContract contract = ApiContract.packaged();
    Map<String, Function<ApiRequest, ApiResponse>> actions = new HashMap<>();
    for (ApiOperation operation : contract.operations("tasks")) {
      actions.put(
          operation.operationId(),
          request -> {
            seen = request;
            return action.apply(request);
          });
    }
    Router router = Router.of(contract, "tasks", actions);
    api = new TestingApi((event, context) -> router.handle(event));
    log.start();
    ((Logger) LoggerFactory.getLogger(Router.class)).addAppender(log);
  }

  @AfterEach
  void detachLog() {
    ((Logger) LoggerFactory.getLogger(Router.class)).detachAppender(log);
  }

  @Test
  void theActionGetsCallerParametersHeadersAndRequestId() {
    Answer answer = api.call("DELETE", TASK_PATH).as("user").header("If-Match", "\"1\"").send();

    assertThat(answer.headers()).containsEntry("X-Request-Id", TestingApi.REQUEST_ID);
    assertThat(seen.userId()).isEqualTo("user");
    assertThat(seen.requestId()).isEqualTo(TestingApi.REQUEST_ID);
    assertThat(seen.pathParameter("task_id")).isEqualTo(TASK_PATH.substring(10));
    assertThat(seen.ifMatch().matches(1)).isTrue();
  }

  @Test
  void withoutACallerNothingIsDone() {
    assertProblem(api.call("GET", TASK_PATH).send(), 401, "unauthenticated");
    assertThat(seen).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "17",
        "019A9EC3-5C00-7B3A-9C1E-5D2A4F6B8C01",
        "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01\n",
        "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c012"
      })
  void anIdOfAnotherFormIsUnknown(String id) {
    assertProblem(api.call("GET", "/v1/tasks/" + id).as("user").send(), 404, "not-found");
  }

  @Test
  void anUnknownAddressIsNotFound() {
    APIGatewayV2HTTPResponse response =
        api.call("GET", "/v1/nothing").as("user").sendUnchecked("$default");

    assertThat(response.getStatusCode()).isEqualTo(404);
    assertThat(response.getBody()).contains("urn:plot-palette:problem:not-found");
  }

  @Test
  void aKnownAddressNamesTheMethodsItTakes() {
    APIGatewayV2HTTPResponse response =
        api.call("POST", TASK_PATH).as("user").sendUnchecked("$default");

    assertThat(response.getStatusCode()).isEqualTo(405);
    assertThat(response.getHeaders()).containsEntry("Allow", "DELETE, GET, PATCH, PUT");
  }

  @Test
  void aBodyInBase64IsDecoded() {
    action = request -> ApiResponse.noContent();
    String encoded =
        Base64.getEncoder()
            .encodeToString("{\"title\":\"Überfällig\"}".getBytes(StandardCharsets.UTF_8));

    api.call("POST", "/v1/tasks")
        .as("user")
        .header("Content-Type", "Application/JSON; charset=utf-8")
        .base64Body(encoded)
        .sendUnchecked("POST /v1/tasks");

    assertThat(seen.body().get("title").textValue()).isEqualTo("Überfällig");
  }

  @Test
  void malformedJsonIsRefusedWithThePlace() {
    Answer answer = post("{\n  \"title\": \"a\",\n  oops\n}");

    assertProblem(answer, 400, "invalid-json");
    assertThat(answer.json().get("detail").textValue()).contains("line 3").doesNotContain("oops");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{\"title\":\"a\"} x",
        "{\"title\":\"a\",\"title\":\"b\"}",
        "{'title':1}"
      })
  void whatReadersOfJsonDisagreeAboutIsRefused(String body) {
    assertProblem(post(body), 400, "invalid-json");
  }

  @Test
  void jsonThatIsCostlyToReadIsRefused() {
    assertProblem(post("[".repeat(100_000)), 400, "invalid-json");
    assertProblem(post("9".repeat(100_000)), 400, "invalid-json");
  }

  @Test
  void halfASurrogatePairIsRefused() {
    assertProblem(post("{\"title\":\"\\ud83d\"}"), 400, "invalid-json");
    assertThat(seen).isNull();
  }

  @Test
  void brokenBase64AndBytesThatAreNotUtf8AreRefused() {
    for (String encoded : List.of("%", Base64.getEncoder().encodeToString(new byte[] {'"', -1}))) {
      Answer answer =
          api.call("POST", "/v1/tasks")
              .as("user")
              .header("content-type", "application/json")
              .base64Body(encoded)
              .send();
      assertProblem(answer, 400, "invalid-json");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"})
  void anotherContentTypeIsRefused(String contentType) {
    Answer answer =
        api.call("POST", "/v1/tasks")
            .as("user")
            .header("content-type", contentType)
            .body(BODY)
            .send();

    assertProblem(answer, 415, "unsupported-media-type");
  }

  @Test
  void aMissingContentTypeIsRefused() {
    assertProblem(
        api.call("POST", "/v1/tasks").as("user").body(BODY).send(), 415, "unsupported-media-type");
  }

  @ParameterizedTest
  @CsvSource({"limit,0", "limit,101", "limit,many", "limit,1e1", "limit,''", "cursor,''", "page,2"})
  void aWrongQueryParameterIsNamed(String name, String value) {
    Answer answer = api.call("GET", "/v1/tasks").as("user").query(name, value).send();

    assertProblem(answer, 400, "invalid-parameter");
    assertThat(answer.json().at("/errors/0/parameter").textValue()).isEqualTo(name);
  }

  @Test
  void onlyTheFirstOfManyWrongParametersAreNamed() {
    TestingApi.Call call = api.call("GET", "/v1/tasks").as("user");
    for (int i = 0; i < 50; i++) {
      call.query("unknown" + i, "");
    }

    assertThat(call.send().json().get("errors")).hasSize(20);
  }

  @Test
  void queryParametersAreTypedAndHaveTheContractsDefaults() {
    api.call("GET", "/v1/tasks").as("user").query("cursor", "5").sendUnchecked("GET /v1/tasks");

    assertThat(seen.query("limit").orElseThrow().intValue()).isEqualTo(20);
    assertThat(seen.query("cursor").orElseThrow().textValue()).isEqualTo("5");
  }

  @Test
  void anUnexpectedErrorIsLoggedButNotShown() {
    action =
        request -> {
          throw new IllegalStateException("inside story");
        };

    Answer answer = post(BODY);

    assertProblem(answer, 500, "internal-error");
    assertThat(answer.body()).doesNotContain("inside story", "IllegalState");
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage())
        .contains("request_id=" + TestingApi.REQUEST_ID, "user_id=user", "route=POST /v1/tasks")
        .doesNotContain("secret plan");
    assertThat(log.list.get(0).getThrowableProxy().getMessage()).isEqualTo("inside story");
  }

  @Test
  void aSlowOrFailingTableAsksToTryAgain() {
    List<RuntimeException> failures =
        List.of(
            ApiCallTimeoutException.create(5_000),
            InternalServerErrorException.builder().statusCode(500).build());
    for (RuntimeException failure : failures) {
      action =
          request -> {
            throw failure;
          };
      assertProblem(post(BODY), 503, "unavailable");
    }
  }

  @Test
  void aRequestTheTableRefusesIsOurFault() {
    action =
        request -> {
          throw ResourceNotFoundException.builder().statusCode(400).message("no table").build();
        };

    assertProblem(post(BODY), 500, "internal-error");
  }

  private Answer post(String body) {
    return api.call("POST", "/v1/tasks").as("user").json(body).send();
  }

  private static void assertProblem(Answer answer, int status, String kind) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
    assertThat(answer.json().get("type").textValue()).isEqualTo("urn:plot-palette:problem:" + kind);
    assertThat(answer.json().get("request_id").textValue()).isEqualTo(TestingApi.REQUEST_ID);
  }
}
