package io.plotpalette.local.queue;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import io.plotpalette.local.gateway.InvocationException;
import io.plotpalette.local.gateway.LambdaFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes batches out of a queue to a function, as Lambda's mapping of an event source does that has
 * partial batch responses switched on: what the function reports as failed, and all of a batch
 * whose function fails or answers with nonsense, stays in the queue and comes again when its
 * visibility timeout is over; the rest is deleted. Lambda's batching window is left out.
 */
public final class QueuePoller implements AutoCloseable {
  private static final int BATCH = 10;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration PAUSE_AFTER_ERROR = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Logger LOGGER = LoggerFactory.getLogger(QueuePoller.class);

  private final QueueFile file;
  private final QueueDefinition queue;
  private final LambdaFunction<SQSEvent, SQSBatchResponse> function;
  private final Duration limit;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isClosed;

  /**
   * Starts polling.
   *
   * @param limit of one invocation, below the queue's visibility timeout
   * @param maxConcurrency invocations at once
   */
  public QueuePoller(
      QueueFile file,
      QueueDefinition queue,
      LambdaFunction<SQSEvent, SQSBatchResponse> function,
      Duration limit,
      int maxConcurrency) {
    if (limit.compareTo(queue.visibilityTimeout()) >= 0) {
      throw new IllegalArgumentException(
          "A message of %s would come again after %s, while an invocation may take %s"
              .formatted(queue.name(), queue.visibilityTimeout(), limit));
    }
    this.file = file;
    this.queue = queue;
    this.function = function;
    this.limit = limit;
    for (int i = 0; i < maxConcurrency; i++) {
      Thread thread = new Thread(this::pollUntilClosed, "poller of " + queue.name());
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  private void pollUntilClosed() {
    try {
      while (!isClosed) {
        Thread.sleep(poll().toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Works on one batch; returns how long to wait before the next. */
  private Duration poll() {
    try {
      List<QueueMessage> batch = file.receive(queue, BATCH);
      if (batch.isEmpty()) {
        return PAUSE;
      }
      work(batch);
      return Duration.ZERO;
    } catch (RuntimeException e) {
      if (!isClosed) {
        LOGGER.error("{} cannot be read, tried again in {}", queue.name(), PAUSE_AFTER_ERROR, e);
      }
      return PAUSE_AFTER_ERROR;
    }
  }

  private void work(List<QueueMessage> batch) {
    Set<String> failed = failed(batch);
    for (QueueMessage message : batch) {
      if (!failed.contains(message.id())) {
        file.delete(queue.name(), message.receipt());
      }
    }
    if (!failed.isEmpty()) {
      LOGGER.warn("{} of {} messages of {} failed", failed.size(), batch.size(), queue.name());
    }
  }

  private Set<String> failed(List<QueueMessage> batch) {
    Set<String> all = batch.stream().map(QueueMessage::id).collect(Collectors.toSet());
    SQSBatchResponse response;
    try {
      response = function.invoke(event(batch), limit);
    } catch (InvocationException e) {
      LOGGER.error("A batch of {} failed", queue.name(), e);
      return all;
    }
    if (response == null || response.getBatchItemFailures() == null) {
      return Set.of();
    }
    Set<String> failed =
        response.getBatchItemFailures().stream()
            .map(BatchItemFailure::getItemIdentifier)
            .map(String::valueOf)
            .collect(Collectors.toSet());
    if (!all.containsAll(failed)) {
      LOGGER.error("The function of {} reported messages it was not given", queue.name());
      return all;
    }
    return failed;
  }

  private SQSEvent event(List<QueueMessage> batch) {
    SQSEvent event = new SQSEvent();
    event.setRecords(batch.stream().map(this::message).toList());
    return event;
  }

  private SQSMessage message(QueueMessage received) {
    SQSMessage message = new SQSMessage();
    message.setMessageId(received.id());
    message.setReceiptHandle(received.receipt());
    message.setBody(received.body());
    message.setMd5OfBody(SqsApi.md5(received.body()));
    message.setAttributes(SqsApi.attributes(received));
    message.setMessageAttributes(Map.of());
    message.setEventSource("aws:sqs");
    message.setEventSourceArn(SqsApi.arn(queue.name()));
    message.setAwsRegion("us-east-1");
    return message;
  }

  /**
   * Lets functions that work finish for a moment, then interrupts them. What was not done comes
   * again.
   */
  @Override
  public void close() throws InterruptedException {
    isClosed = true;
    for (Thread thread : threads) {
      thread.join(PATIENCE.toMillis());
      thread.interrupt();
    }
    for (Thread thread : threads) {
      thread.join(limit.toMillis());
    }
  }
}
