package io.plotpalette.generator.call;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plotpalette.generator.call.TestingModelService.Behaviour;
import io.plotpalette.generator.pressure.FailureClass;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real client of the SDK, over HTTP. */
class BedrockModelClientTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String ANSWER =
      """
      {"output": {"message": {"role": "assistant", "content": [{"text": "Snow "}, {"text": "melts."}]}},
       "stopReason": "end_turn", "usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10},
       "metrics": {"latencyMs": 12}}""";

  private static final Duration SHORT = Duration.ofMillis(300);

  private static TestingModelService service;
  private static ModelClient patient;
  private static ModelClient hasty;

  /** Shared, because closing a client of the SDK takes two seconds. */
  @BeforeAll
  static void start() throws Exception {
    service = new TestingModelService();
    patient = client(service.endpoint(), LONG, 4);
    hasty = client(service.endpoint(), SHORT, 4);
  }

  @AfterAll
  static void stop() throws Exception {
    patient.close();
    hasty.close();
    service.close();
  }

  @Test
  void sendsTheTurnsAndReadsTextAndUsage() throws Exception {
    ModelRequest request =
        ModelRequest.of(
            "us.meta.llama3-1-8b-instruct-v1:0",
            List.of(Turn.ofUser("Ask."), Turn.ofModel("[]"), Turn.ofUser("No.")),
            120,
            0.5,
            "{\"type\":\"object\"}");
    service.behave(TestingModelService.answering(ANSWER));

    ModelAnswer answer = patient.call(request).get(20, TimeUnit.SECONDS);

    assertThat(answer).isEqualTo(new ModelAnswer("Snow melts.", 7, 3));
    assertThat(service.bodies())
        .containsExactly(
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Ask.\\n\\nAnswer with one"
                + " JSON value and nothing else: no explanation, no code fence. It must be valid"
                + " against this JSON Schema:\\n{\\\"type\\\":\\\"object\\\"}\"}]},"
                + "{\"role\":\"assistant\",\"content\":[{\"text\":\"[]\"}]},"
                + "{\"role\":\"user\",\"content\":[{\"text\":\"No.\"}]}],"
                + "\"inferenceConfig\":{\"maxTokens\":120,\"temperature\":0.5}}");
  }

  @Test
  void anAnswerWithoutTextIsEmptyAndBilled() throws Exception {
    String body =
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[]}},\"stopReason\":"
            + "\"content_filtered\",\"usage\":{\"inputTokens\":7,\"outputTokens\":0}}";
    service.behave(TestingModelService.answering(body));

    assertThat(patient.call(request()).get(20, TimeUnit.SECONDS))
        .isEqualTo(new ModelAnswer("", 7, 0));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "429, ThrottlingException, THROTTLED",
        "429, ModelNotReadyException, THROTTLED",
        "400, ServiceQuotaExceededException, THROTTLED",
        "400, ValidationException, VALIDATION",
        "403, AccessDeniedException, ACCESS",
        "404, ResourceNotFoundException, ACCESS",
        "408, ModelTimeoutException, TIME_OUT",
        "424, ModelErrorException, SERVER_ERROR",
        "500, InternalServerException, SERVER_ERROR",
        "503, ServiceUnavailableException, SERVER_ERROR",
        "503, -, SERVER_ERROR"
      })
  void errorsOfTheService(int status, String errorType, FailureClass expected) throws Exception {
    Behaviour behaviour =
        TestingModelService.saying(
            status, errorType, "application/json", "{\"message\":\"because of this\"}");

    ModelCallException failure = failure(behaviour, patient);

    assertThat(failure.failure()).isEqualTo(expected);
    assertThat(failure).hasMessageContaining("because of this");
  }

  @Test
  void errorsOfWhatStandsBetween() throws Exception {
    Behaviour behaviour =
        TestingModelService.saying(502, null, "text/html", "<html>Bad Gateway</html>");

    assertThat(failure(behaviour, patient).failure()).isEqualTo(FailureClass.CONNECTION_CUT);
  }

  @Test
  void timeOut() throws Exception {
    Behaviour silence = connection -> {};

    assertThat(failure(silence, hasty).failure()).isEqualTo(FailureClass.TIME_OUT);
  }

  @Test
  void timeOutWithinTheAnswer() throws Exception {
    Behaviour half =
        connection ->
            connection
                .getOutputStream()
                .write("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"out".getBytes(US_ASCII));

    assertThat(failure(half, hasty).failure()).isEqualTo(FailureClass.TIME_OUT);
  }

  @Test
  void connectionCutBeforeTheAnswer() throws Exception {
    Behaviour cut = connection -> connection.close();

    assertThat(failure(cut, patient).failure()).isEqualTo(FailureClass.CONNECTION_CUT);
  }

  @Test
  void connectionCutWithReset() throws Exception {
    Behaviour cut =
        connection -> {
          connection.setSoLinger(true, 0);
          connection.close();
        };

    assertThat(failure(cut, patient).failure()).isEqualTo(FailureClass.CONNECTION_CUT);
  }

  @Test
  void connectionCutWithinTheAnswer() throws Exception {
    Behaviour cut =
        connection -> {
          connection
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"out".getBytes(US_ASCII));
          connection.close();
        };

    assertThat(failure(cut, patient).failure()).isEqualTo(FailureClass.CONNECTION_CUT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>Welcome</html>",
        "{\"output\":",
        "[]",
        "{}",
        "{\"output\":{\"message\":{\"content\":[{\"text\":\"a\"}]}}}",
        "{\"usage\":{\"inputTokens\":7}}",
        "{\"usage\":{\"inputTokens\":7,\"outputTokens\":-3}}",
        "{\"usage\":{\"inputTokens\":7,\"outputTokens\":3000000000}}",
        "{\"usage\":{\"inputTokens\":7,\"outputTokens\":\"many\"}}",
        "{\"usage\":{\"inputTokens\":null,\"outputTokens\":3}}",
        "{\"usage\":7}",
        "\u0000\u0001\u0002"
      })
  void bodiesWhoseUsageCannotBeRead(String body) throws Exception {
    ModelCallException failure = failure(TestingModelService.answering(body), patient);

    assertThat(failure.failure()).isEqualTo(FailureClass.MALFORMED_BODY);
  }

  @Test
  void whatIsNoHttp() throws Exception {
    Behaviour garbage =
        connection -> connection.getOutputStream().write("Hello?\r\n\r\n".getBytes(US_ASCII));

    assertThat(failure(garbage, patient).failure()).isEqualTo(FailureClass.MALFORMED_BODY);
  }

  @Test
  void nobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThat(failureAt(URI.create("http://127.0.0.1:" + port)).failure())
        .isEqualTo(FailureClass.NOT_SENT);
  }

  @Test
  void nobodyHasThatName() throws Exception {
    assertThat(failureAt(URI.create("http://bedrock.invalid")).failure())
        .isEqualTo(FailureClass.NOT_SENT);
  }

  @Test
  void moreCallsThanConnectionsWaitForTheirTurn() throws Exception {
    service.behave(TestingModelService.answering(ANSWER));

    List<CompletableFuture<ModelAnswer>> calls =
        IntStream.range(0, 200).mapToObj(i -> patient.call(request())).toList();

    for (CompletableFuture<ModelAnswer> call : calls) {
      assertThat(call.get(20, TimeUnit.SECONDS).text()).isEqualTo("Snow melts.");
    }
  }

  @Test
  void eachCallIsMadeOnce() {
    Behaviour unavailable =
        TestingModelService.saying(503, "ServiceUnavailableException", "application/json", "{}");

    assertThat(failure(unavailable, patient).failure()).isEqualTo(FailureClass.SERVER_ERROR);
    assertThat(service.bodies()).hasSize(1);
  }

  @Test
  void aCancelledCallIsGivenUp() throws Exception {
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    service.behave(connection -> ended.complete(connection.getInputStream().read() < 0));
    CompletableFuture<ModelAnswer> call = patient.call(request());
    await().until(() -> service.bodies().size() == 1);

    call.cancel(true);

    assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(call).isCancelled();
  }

  @Test
  void closingEndsTheCallsUnderWay() {
    service.behave(connection -> {});
    ModelClient client = client(service.endpoint(), LONG, 16);
    CompletableFuture<ModelAnswer> call = client.call(request());
    await().until(() -> service.bodies().size() == 1);

    client.close();

    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ModelCallException.class);
  }

  @Test
  void settingsThatCannotWorkAreRefused() {
    assertThatThrownBy(() -> new BedrockModelClient.Settings("us-east-1", null, LONG, 0))
        .hasMessageContaining("in flight");
    assertThatThrownBy(() -> new BedrockModelClient.Settings("us-east-1", null, Duration.ZERO, 1))
        .hasMessageContaining("time-out");
  }

  private static ModelRequest request() {
    return ModelRequest.of(
        "amazon.nova-micro-v1:0", List.of(Turn.ofUser("Write a haiku.")), 100, 0.7, null);
  }

  private static ModelClient client(URI endpoint, Duration timeout, int maxInFlight) {
    return new BedrockModelClient(
        new BedrockModelClient.Settings("us-east-1", endpoint, timeout, maxInFlight));
  }

  private static ModelCallException failure(Behaviour behaviour, ModelClient client) {
    service.behave(behaviour);
    return failure(client);
  }

  private static ModelCallException failureAt(URI endpoint) {
    try (ModelClient client = client(endpoint, LONG, 1)) {
      return failure(client);
    }
  }

  private static ModelCallException failure(ModelClient client) {
    try {
      ModelAnswer answer = client.call(request()).get(20, TimeUnit.SECONDS);
      throw new AssertionError("there is an answer: " + answer);
    } catch (ExecutionException e) {
      return (ModelCallException) e.getCause();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
