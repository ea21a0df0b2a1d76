package io.plotpalette.local.bench;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.plotpalette.api.tasks.TasksHandler;
import java.util.Map;

/**
 * The program of {@link ColdStartBench}: a new JVM with what the packaged handlers bring, which
 * answers one POST and says when.
 */
public final class ColdStart {
  /** Begins the line with the clock, in epoch milliseconds, at the answer. */
  static final String ANSWERED_AT = "answered at ";

  /** Begins the line with how long the POST itself took, in milliseconds. */
  static final String TOOK = "took ";

  private ColdStart() {}

  /**
   * Starts the handler and has it answer.
   *
   * @param args {@code primed} to do first what is done before Lambda takes its snapshot
   */
  public static void main(String[] args) {
    TasksHandler handler = new TasksHandler();
    if (args.length > 0 && args[0].equals("primed")) {
      handler.beforeCheckpoint(null);
    }
    long start = System.nanoTime();
    APIGatewayV2HTTPResponse response = handler.handleRequest(post(), null);
    long took = System.nanoTime() - start;
    long answeredAt = System.currentTimeMillis();
    if (response.getStatusCode() != 201) {
      throw new IllegalStateException(
          "the POST was answered with %d: %s"
              .formatted(response.getStatusCode(), response.getBody()));
    }
    System.out.println(ANSWERED_AT + answeredAt);
    System.out.println(TOOK + took / 1_000_000.0);
    System.exit(0);
  }

  private static APIGatewayV2HTTPEvent post() {
    String path = "/v1/tasks";
    return APIGatewayV2HTTPEvent.builder()
        .withVersion("2.0")
        .withRouteKey("POST " + path)
        .withRawPath(path)
        .withHeaders(Map.of("content-type", "application/json"))
        .withBody("{\"title\": \"Measure\", \"description\": \"the first request\"}")
        .withRequestContext(
            RequestContext.builder()
                .withRequestId("cold-start")
                .withHttp(RequestContext.Http.builder().withMethod("POST").withPath(path).build())
                .withAuthorizer(
                    RequestContext.Authorizer.builder()
                        .withJwt(
                            RequestContext.Authorizer.JWT
                                .builder()
                                .withClaims(Map.of("sub", "cold-start"))
                                .build())
                        .build())
                .build())
        .build();
  }
}
