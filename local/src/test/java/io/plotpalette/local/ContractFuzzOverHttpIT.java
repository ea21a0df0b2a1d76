package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.api.http.ContractFuzz;
import io.plotpalette.api.http.TestingApi;
import java.net.http.HttpClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link ContractFuzz} on the whole API: real tokens, a real client, the gateway, the queue. */
@Tag("slow")
class ContractFuzzOverHttpIT {
  private static final int REQUESTS = 2_000;

  @TempDir private Path folder;

  @Test
  void noRequestFailsAndEveryAnswerKeepsTheContract() throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    try (TestingApiServer server = TestingApiServer.start(folder)) {
      HttpCaller caller = new HttpCaller(http, server.api());
      for (String name : new String[] {"ada", "bob", "eve"}) {
        caller.signUp(name, folder.resolve("mail"));
      }
      ContractFuzz fuzz = new ContractFuzz(TestingApi.throughGateway(caller), caller.users());

      fuzz.send(REQUESTS);

      System.out.println("contract fuzz statuses " + fuzz.statuses());
      assertThat(fuzz.statuses().values().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(REQUESTS);
      // The generator reaches what it is for.
      assertThat(fuzz.statuses())
          .containsKeys(200, 201, 202, 204, 304, 400, 401, 403, 404, 412, 415, 422, 428);
    }
  }
}
