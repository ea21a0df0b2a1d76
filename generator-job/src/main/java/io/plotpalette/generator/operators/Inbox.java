package io.plotpalette.generator.operators;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingConsumer;
import org.apache.flink.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other threads have for the task's own thread. A mail of the task's mailbox takes in all that
 * is there, so that a thousand answers cost a few mails.
 */
final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  /** Between two mails a barrier gets its turn. */
  private static final int MOST_A_MAIL = 256;

  private final MailboxExecutor mailbox;
  private final Queue<ThrowingRunnable<Exception>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean mailed = new AtomicBoolean();
  private volatile boolean closed;

  Inbox(MailboxExecutor mailbox) {
    this.mailbox = mailbox;
  }

  /** Any thread may call this; what comes after {@link #close} is dropped. */
  void add(ThrowingRunnable<Exception> action) {
    waiting.add(action);
    mail();
  }

  /**
   * Does something with a result, on the task's thread.
   *
   * @param what fails the task if there is no result
   */
  <T> void whenDone(
      String what,
      CompletableFuture<T> result,
      ThrowingConsumer<? super T, ? extends Exception> action) {
    var unused =
        result.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                add(() -> action.accept(value));
              } else {
                fail(what, cause(failure));
              }
            });
  }

  /** What made a future fail, without what its stages have put around it. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Fails the task. */
  void fail(String what, Throwable failure) {
    add(
        () -> {
          throw new IllegalStateException(what, failure);
        });
  }

  private void mail() {
    if (closed || !mailed.compareAndSet(false, true)) {
      return;
    }
    try {
      mailbox.execute(this::takeIn, "answers from other threads");
    } catch (RejectedExecutionException e) {
      // The task ends; what it was told last does not count any more.
      LOG.debug("the mailbox is closed", e);
    }
  }

  private void takeIn() throws Exception {
    mailed.set(false);
    for (int i = 0; i < MOST_A_MAIL && !closed; i++) {
      ThrowingRunnable<Exception> action = waiting.poll();
      if (action == null) {
        return;
      }
      action.run();
    }
    if (!waiting.isEmpty()) {
      mail();
    }
  }

  void close() {
    closed = true;
    waiting.clear();
  }
}
