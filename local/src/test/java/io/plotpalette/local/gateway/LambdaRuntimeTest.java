package io.plotpalette.local.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import io.plotpalette.local.gateway.InvocationException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LambdaRuntimeTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-20T08:00:00Z"));
  // What else is in the JSON of an event or response with nothing but a body.
  private static final int EVENT_FRAME = "{'body':'','isBase64Encoded':false}".length();
  private static final int RESPONSE_FRAME =
      "{'statusCode':200,'body':'','isBase64Encoded':false}".length();

  private final LambdaRuntime lambda = new LambdaRuntime(1, CLOCK, () -> "request-1");

  @AfterEach
  void close() {
    lambda.close();
  }

  @Test
  void handlerGetsACopyAndItsResponseIsCopied() {
    AtomicReference<APIGatewayV2HTTPEvent> seen = new AtomicReference<>();
    APIGatewayV2HTTPResponse returned = response("é");
    LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function =
        function(
            (event, context) -> {
              seen.set(event);
              return returned;
            });
    APIGatewayV2HTTPEvent sent = event("body");

    APIGatewayV2HTTPResponse received = function.invoke(sent, LIMIT);

    assertThat(seen.get()).isEqualTo(sent).isNotSameAs(sent);
    assertThat(received).isEqualTo(returned).isNotSameAs(returned);
  }

  @Test
  void carriesTheEventsOfAUserPool() {
    LambdaFunction<CognitoUserPoolPostConfirmationEvent, CognitoUserPoolPostConfirmationEvent>
        function =
            lambda.function(
                "post-confirmation",
                (event, context) -> event,
                CognitoUserPoolPostConfirmationEvent.class,
                CognitoUserPoolPostConfirmationEvent.class);
    CognitoUserPoolPostConfirmationEvent event =
        CognitoUserPoolPostConfirmationEvent.builder()
            .withUserName("u1")
            .withRequest(
                CognitoUserPoolPostConfirmationEvent.Request.builder()
                    .withUserAttributes(Map.of("email", "ada@example.com"))
                    .build())
            .build();

    assertThat(function.invoke(event, LIMIT)).isEqualTo(event);
  }

  @Test
  void contextTellsAboutTheInvocation() {
    AtomicReference<Context> seen = new AtomicReference<>();
    function(
            (event, context) -> {
              seen.set(context);
              return null;
            })
        .invoke(event(""), LIMIT);

    assertThat(seen.get().getAwsRequestId()).isEqualTo("request-1");
    assertThat(seen.get().getFunctionName()).isEqualTo("tasks");
    assertThat(seen.get().getRemainingTimeInMillis()).isEqualTo(10_000);
  }

  @Test
  void nullIsAResponse() {
    assertThat(function((event, context) -> null).invoke(event(""), LIMIT)).isNull();
  }

  @Test
  void exceptionOfTheHandlerIsTheCause() {
    IllegalStateException failure = new IllegalStateException("broken");

    assertThatThrownBy(
            () ->
                function(
                        (event, context) -> {
                          throw failure;
                        })
                    .invoke(event(""), LIMIT))
        .satisfies(reason(Reason.FUNCTION_ERROR))
        .hasCause(failure);
  }

  @Test
  void eventMayHaveSixMebibytesAndNoMore() {
    LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function =
        function((event, context) -> response(""));
    int largest = LambdaRuntime.MAX_EVENT_BYTES - EVENT_FRAME;

    assertThat(function.invoke(event("x".repeat(largest)), LIMIT)).isNotNull();
    assertThatThrownBy(() -> function.invoke(event("x".repeat(largest + 1)), LIMIT))
        .satisfies(reason(Reason.EVENT_TOO_LARGE));
  }

  @Test
  void responseMayHaveAHundredBytesMore() {
    int largest = LambdaRuntime.MAX_RESPONSE_BYTES - RESPONSE_FRAME;

    assertThat(function((event, context) -> response("x".repeat(largest))).invoke(event(""), LIMIT))
        .isNotNull();
    assertThatThrownBy(
            () ->
                function((event, context) -> response("x".repeat(largest + 1)))
                    .invoke(event(""), LIMIT))
        .satisfies(reason(Reason.FUNCTION_ERROR));
  }

  @Test
  void handlerThatTakesTooLongIsInterrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                function(
                        (event, context) -> {
                          waitUntilInterrupted();
                          interrupted.countDown();
                          return null;
                        })
                    .invoke(event(""), Duration.ofMillis(50)))
        .satisfies(reason(Reason.TIMED_OUT));
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void moreInvocationsThanThreadsAreRefused() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function =
        function(
            (event, context) -> {
              started.countDown();
              awaitLatch(end);
              return response("done");
            });
    CompletableFuture<APIGatewayV2HTTPResponse> first =
        CompletableFuture.supplyAsync(() -> function.invoke(event(""), LIMIT));
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> function.invoke(event(""), LIMIT)).satisfies(reason(Reason.THROTTLED));

    end.countDown();
    assertThat(first.get(10, TimeUnit.SECONDS).getBody()).isEqualTo("done");
  }

  private LambdaFunction<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function(
      RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler) {
    return lambda.function(
        "tasks", handler, APIGatewayV2HTTPEvent.class, APIGatewayV2HTTPResponse.class);
  }

  private static APIGatewayV2HTTPEvent event(String body) {
    return APIGatewayV2HTTPEvent.builder().withBody(body).build();
  }

  private static APIGatewayV2HTTPResponse response(String body) {
    return APIGatewayV2HTTPResponse.builder().withStatusCode(200).withBody(body).build();
  }

  private static void waitUntilInterrupted() {
    awaitLatch(new CountDownLatch(1));
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Consumer<Throwable> reason(Reason reason) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(
                InvocationException.class, i -> assertThat(i.reason()).isEqualTo(reason));
  }
}
