package io.plotpalette.generator.tables;

import io.plotpalette.connector.failure.Backoff;
import io.plotpalette.connector.failure.FailureKind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Repeats requests until DynamoDB answers them. What a repetition does not cure, a condition that
 * does not hold among it, is the answer.
 */
final class TableRequests {
  private static final Logger LOG = LoggerFactory.getLogger(TableRequests.class);

  private final Backoff backoff;
  private volatile boolean closed;

  TableRequests() {
    this(
        new Backoff(
            Duration.ofMillis(50),
            Duration.ofSeconds(10),
            () -> ThreadLocalRandom.current().nextDouble()));
  }

  TableRequests(Backoff backoff) {
    this.backoff = backoff;
  }

  /**
   * The first answer.
   *
   * @param what for the log
   */
  <T> CompletableFuture<T> untilAnswered(String what, Supplier<CompletableFuture<T>> request) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    attempt(what, request, 0, answer);
    return answer;
  }

  /** No request is repeated any more. */
  void close() {
    closed = true;
  }

  private <T> void attempt(
      String what,
      Supplier<CompletableFuture<T>> request,
      int failures,
      CompletableFuture<T> answer) {
    CompletableFuture<T> attempt;
    try {
      attempt = request.get();
    } catch (RuntimeException e) {
      // The client makes some failures known before it has a future.
      attempt = CompletableFuture.failedFuture(e);
    }
    var unused =
        attempt.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                answer.complete(value);
                return;
              }
              Throwable cause = unwrapped(failure);
              if (closed || !isTransient(cause)) {
                answer.completeExceptionally(cause);
                return;
              }
              int inARow = failures + 1;
              long wait = backoff.millis(inARow);
              if (Backoff.isReported(inARow)) {
                LOG.warn("{} failed {} times in a row, again in {} ms", what, inARow, wait, cause);
              }
              CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS)
                  .execute(() -> attempt(what, request, inARow, answer));
            });
  }

  private static boolean isTransient(Throwable failure) {
    if (!(failure instanceof SdkException sdk)) {
      return false;
    }
    FailureKind kind = FailureKind.of(sdk);
    return kind == FailureKind.THROTTLED || kind == FailureKind.UNAVAILABLE;
  }

  static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
