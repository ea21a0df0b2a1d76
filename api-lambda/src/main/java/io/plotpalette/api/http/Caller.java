package io.plotpalette.api.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls, as the gateway's JWT authorizer found out.
 *
 * @param userId the token's {@code sub}
 * @param groups the token's {@code cognito:groups}; empty without any
 */
public record Caller(String userId, Set<String> groups) {
  public Caller {
    groups = Set.copyOf(groups);
  }

  /** Empty when the gateway let the call through without a token. */
  static Optional<Caller> of(APIGatewayV2HTTPEvent event) {
    return Optional.ofNullable(event.getRequestContext().getAuthorizer())
        .map(APIGatewayV2HTTPEvent.RequestContext.Authorizer::getJwt)
        .map(APIGatewayV2HTTPEvent.RequestContext.Authorizer.JWT::getClaims)
        .filter(claims -> claims.get("sub") != null && !claims.get("sub").isBlank())
        .map(claims -> new Caller(claims.get("sub"), groups(claims)));
  }

  private static Set<String> groups(Map<String, String> claims) {
    // An HTTP API hands list claims over as text: [admin user].
    String names = claims.getOrDefault("cognito:groups", "").replaceAll("[\\[\\],]", " ").strip();
    return names.isEmpty() ? Set.of() : Set.of(names.split(" +"));
  }
}
