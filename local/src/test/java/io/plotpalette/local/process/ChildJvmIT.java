package io.plotpalette.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void dynamoDbAnswersInAProcessOfItsOwnUntilItIsLetGo() throws Exception {
    try (ChildJvm child = start("dynamodb")) {
      URI endpoint = URI.create(child.awaitLine("DynamoDB answers at ", LIMIT));
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(endpoint).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(400);

      child.letGo();

      await().atMost(LIMIT).until(() -> !child.isAlive());
    }
  }

  @Test
  void aPausedProcessAnswersWhatItWasAskedOnceItIsResumed() throws Exception {
    try (ChildJvm child = start("dynamodb")) {
      URI endpoint = URI.create(child.awaitLine("DynamoDB answers at ", LIMIT));
      child.pause();

      CompletableFuture<HttpResponse<String>> answer =
          HttpClient.newHttpClient()
              .sendAsync(
                  HttpRequest.newBuilder(endpoint).build(), HttpResponse.BodyHandlers.ofString());

      assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      child.resume();
      assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void aProcessThatEndsEarlySaysWhy() throws Exception {
    try (ChildJvm child = start("chaos", "--half", "lakes")) {
      assertThatThrownBy(() -> child.awaitLine("never said", LIMIT))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("ended with 2", "must be lake");
    }
  }

  private ChildJvm start(String... command) throws Exception {
    return ChildJvm.start(folder, folder.resolve("output"), Map.of(), command);
  }
}
