package io.plotpalette.api.meta;

import static org.assertj.core.api.Assertions.assertThat;

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
}
