package io.plotpalette.api.meta;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.TestingApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MetaHandlerTest {
  private final TestingApi api = new TestingApi(new MetaHandler());

  @Test
  void healthNeedsNoToken() {
    TestingApi.Answer answer = api.call("GET", "/v1/health").send();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void theContractIsServedWordForWord() throws IOException {
    TestingApi.Answer answer = api.call("GET", "/v1/openapi.yaml").send();

    assertThat(answer.headers()).containsEntry("Content-Type", "application/yaml");
    assertThat(answer.body()).isEqualTo(Files.readString(Path.of("../docs/openapi.yaml")));
  }

  @Test
  void whatNoRouteTakesIsAProblem() throws IOException {
    APIGatewayV2HTTPResponse wrongMethod =
        api.call("DELETE", "/v1/tasks").sendUnchecked("$default");
    APIGatewayV2HTTPResponse withParameter =
        api.call("PUT", "/v1/tasks/019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01/complete")
            .sendUnchecked("$default");
    APIGatewayV2HTTPResponse unknown = api.call("GET", "/v2/tasks").sendUnchecked("$default");

    assertThat(wrongMethod.getStatusCode()).isEqualTo(405);
    assertThat(wrongMethod.getHeaders())
        .containsEntry("Allow", "GET, POST")
        .containsEntry("Content-Type", "application/problem+json")
        .containsEntry("X-Request-Id", TestingApi.REQUEST_ID);
    assertThat(withParameter.getHeaders()).containsEntry("Allow", "POST");
    assertThat(unknown.getStatusCode()).isEqualTo(404);
    assertThat(Json.MAPPER.readTree(unknown.getBody()).get("type").textValue())
        .isEqualTo("urn:plot-palette:problem:not-found");
    assertThat(Json.MAPPER.readTree(unknown.getBody()).get("instance").textValue())
        .isEqualTo("/v2/tasks");
  }
}
