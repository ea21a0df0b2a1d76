package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerTest {
  @ParameterizedTest
  @CsvSource({"[admin user],2", "'[admin, user]',2", "[admin],1", "admin,1", "[],0", "'',0"})
  void groupsAreReadFromTheGatewaysText(String claim, int count) {
    Set<String> groups = caller(Map.of("sub", "u", "cognito:groups", claim)).groups();

    assertThat(groups).hasSize(count).isSubsetOf("admin", "user");
  }

  @Test
  void withoutTheClaimThereAreNoGroups() {
    assertThat(caller(Map.of("sub", "u")).groups()).isEmpty();
  }

  @Test
  void withoutASubjectThereIsNoCaller() {
    assertThat(Caller.of(event(Map.of("sub", " ")))).isEmpty();
    assertThat(Caller.of(event(Map.of()))).isEmpty();
  }

  private static Caller caller(Map<String, String> claims) {
    return Caller.of(event(claims)).orElseThrow();
  }

  private static APIGatewayV2HTTPEvent event(Map<String, String> claims) {
    return APIGatewayV2HTTPEvent.builder()
        .withRequestContext(
            RequestContext.builder()
                .withAuthorizer(
                    RequestContext.Authorizer.builder()
                        .withJwt(RequestContext.Authorizer.JWT.builder().withClaims(claims).build())
                        .build())
                .build())
        .build();
  }
}
