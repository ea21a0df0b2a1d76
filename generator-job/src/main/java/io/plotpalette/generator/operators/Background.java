package io.plotpalette.generator.operators;

import io.plotpalette.connector.failure.Backoff;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for what must not hold the task up. Those that compute are never held up by those that
 * wait for files.
 */
final class Background implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Background.class);
  private static final Backoff BACKOFF =
      new Backoff(
          Duration.ofMillis(100),
          Duration.ofSeconds(15),
          () -> ThreadLocalRandom.current().nextDouble());
  private static final int FILE_THREADS = 4;
  private static final long CLOSE_SECONDS = 5;

  private final ExecutorService computing;
  private final ExecutorService files;

  Background(String name, int computingThreads) {
    computing = Executors.newFixedThreadPool(computingThreads, daemons(name + "-computing-"));
    files = Executors.newFixedThreadPool(FILE_THREADS, daemons(name + "-files-"));
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Does something that touches no file. */
  <T> CompletableFuture<T> compute(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    submit(computing, work, result);
    return result;
  }

  /**
   * Does something with files, again and again while it fails with an {@link IOException}.
   *
   * @param what for the log
   */
  <T> CompletableFuture<T> untilDone(String what, Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    attempt(what, work, 0, result);
    return result;
  }

  private <T> void attempt(
      String what, Callable<T> work, int failures, CompletableFuture<T> result) {
    CompletableFuture<T> attempt = new CompletableFuture<>();
    submit(files, work, attempt);
    var unused =
        attempt.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                result.complete(value);
              } else if (!(failure instanceof IOException
                      || failure instanceof UncheckedIOException)
                  || files.isShutdown()) {
                result.completeExceptionally(failure);
              } else {
                int inARow = failures + 1;
                long wait = BACKOFF.millis(inARow);
                if (Backoff.isReported(inARow)) {
                  LOG.warn(
                      "{} failed {} times in a row, again in {} ms", what, inARow, wait, failure);
                }
                CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS)
                    .execute(() -> attempt(what, work, inARow, result));
              }
            });
  }

  private static <T> void submit(
      ExecutorService executor, Callable<T> work, CompletableFuture<T> result) {
    try {
      executor.execute(
          () -> {
            try {
              result.complete(work.call());
            } catch (Throwable e) {
              // Errors, too: whoever waits for the result must not wait for ever.
              result.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    computing.shutdownNow();
    files.shutdownNow();
    try {
      if (!computing.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
          || !files.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("some work in the background has not ended within {} s", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
