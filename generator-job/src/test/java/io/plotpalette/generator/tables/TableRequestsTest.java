package io.plotpalette.generator.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.connector.failure.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class TableRequestsTest {
  private final TableRequests requests =
      new TableRequests(new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), () -> 1));

  /** Answers with what was given to it, one after the other, and counts. */
  private static final class TestingTable implements Supplier<CompletableFuture<String>> {
    private final Deque<Object> answers;
    private int asked;

    TestingTable(Object... answers) {
      this.answers = new ArrayDeque<>(List.of(answers));
    }

    @Override
    public synchronized CompletableFuture<String> get() {
      asked++;
      Object next = answers.size() == 1 ? answers.peek() : answers.remove();
      if (next instanceof Thrown thrown) {
        throw thrown.failure();
      }
      return next instanceof Exception failure
          ? CompletableFuture.failedFuture(failure)
          : CompletableFuture.completedFuture((String) next);
    }

    synchronized int asked() {
      return asked;
    }
  }

  /** Thrown instead of returned. */
  private record Thrown(RuntimeException failure) {}

  private static DynamoDbException refusal(int status, String code) {
    return (DynamoDbException)
        DynamoDbException.builder()
            .statusCode(status)
            .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
            .message(code)
            .build();
  }

  private String answer(TestingTable table) throws Exception {
    return requests.untilAnswered("asking", table).get(10, TimeUnit.SECONDS);
  }

  static List<Exception> whatPasses() {
    return List.of(
        refusal(400, "ThrottlingException"),
        refusal(400, "ProvisionedThroughputExceededException"),
        refusal(500, "InternalServerError"),
        refusal(503, ""),
        ApiCallTimeoutException.create(10),
        SdkClientException.create("connection", new IOException("reset")));
  }

  @ParameterizedTest
  @MethodSource("whatPasses")
  void isAskedAgainUntilItAnswers(Exception failure) throws Exception {
    TestingTable table = new TestingTable(failure, failure, failure, "answer");

    assertThat(answer(table)).isEqualTo("answer");
    assertThat(table.asked()).isEqualTo(4);
  }

  @Test
  void whatIsThrownIsTreatedLikeWhatIsReturned() throws Exception {
    TestingTable table =
        new TestingTable(
            new Thrown(SdkClientException.create("connection", new IOException("reset"))),
            "answer");

    assertThat(answer(table)).isEqualTo("answer");
  }

  static List<Exception> whatDoesNotPass() {
    return List.of(
        ConditionalCheckFailedException.builder()
            .statusCode(400)
            .awsErrorDetails(
                AwsErrorDetails.builder().errorCode("ConditionalCheckFailedException").build())
            .build(),
        refusal(400, "ValidationException"),
        refusal(400, "AccessDeniedException"),
        refusal(400, "ResourceNotFoundException"),
        SdkClientException.create("no credentials"),
        new IllegalStateException("a defect"));
  }

  @ParameterizedTest
  @MethodSource("whatDoesNotPass")
  void isTheAnswerAtOnce(Exception failure) {
    TestingTable table = new TestingTable(failure);

    assertThatThrownBy(() -> answer(table))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isSameAs(failure);
    assertThat(table.asked()).isEqualTo(1);
  }

  @Test
  void afterItsCloseNothingIsAskedAgain() {
    TestingTable table = new TestingTable(refusal(400, "ThrottlingException"));
    requests.close();

    assertThatThrownBy(() -> answer(table)).isInstanceOf(ExecutionException.class);
    assertThat(table.asked()).isEqualTo(1);
  }

  @Test
  void aCloseEndsWhatIsRepeatedForEver() {
    TestingTable table = new TestingTable(refusal(400, "ThrottlingException"));
    CompletableFuture<String> answer = requests.untilAnswered("asking", table);

    requests.close();

    assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
  }
}
