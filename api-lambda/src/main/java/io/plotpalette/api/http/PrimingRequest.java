package io.plotpalette.api.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import java.util.Map;

/**
 * A read that a handler answers before Lambda takes its snapshot, so that the classes it needs are
 * loaded and compiled in every copy. The caller it names has no data.
 */
public final class PrimingRequest {
  private static final String NOBODY = "snapshot-priming";

  private PrimingRequest() {}

  /** Asks for a path without parameters. */
  public static APIGatewayV2HTTPEvent get(String path) {
    return get(path, Map.of());
  }

  /** Asks for a path with these parameters. */
  public static APIGatewayV2HTTPEvent get(String path, Map<String, String> parameters) {
    return APIGatewayV2HTTPEvent.builder()
        .withVersion("2.0")
        .withRouteKey("GET " + path)
        .withRawPath(path)
        .withPathParameters(parameters)
        .withRequestContext(
            RequestContext.builder()
                .withRequestId(NOBODY)
                .withHttp(RequestContext.Http.builder().withMethod("GET").withPath(path).build())
                .withAuthorizer(
                    RequestContext.Authorizer.builder()
                        .withJwt(
                            RequestContext.Authorizer.JWT
                                .builder()
                                .withClaims(Map.of("sub", NOBODY))
                                .build())
                        .build())
                .build())
        .build();
  }

  static boolean is(APIGatewayV2HTTPEvent event) {
    return NOBODY.equals(event.getRequestContext().getRequestId());
  }
}
