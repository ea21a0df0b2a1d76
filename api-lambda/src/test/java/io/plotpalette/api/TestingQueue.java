package io.plotpalette.api;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** A queue in memory: what is sent is kept until a handler has it done. */
public final class TestingQueue implements SqsClient {
  private final List<SQSMessage> messages = new ArrayList<>();
  private Predicate<SendMessageRequest> refused = request -> false;

  /** Refuses from now on what the test says. */
  public void refuse(Predicate<SendMessageRequest> when) {
    refused = when;
  }

  @Override
  public synchronized SendMessageResponse sendMessage(SendMessageRequest request) {
    if (refused.test(request)) {
      throw SqsException.builder().statusCode(503).message("refused by the test").build();
    }
    SQSMessage message = new SQSMessage();
    message.setMessageId(UUID.randomUUID().toString());
    message.setBody(request.messageBody());
    message.setAttributes(Map.of("ApproximateReceiveCount", "1"));
    messages.add(message);
    return SendMessageResponse.builder().messageId(message.getMessageId()).build();
  }

  public synchronized List<String> bodies() {
    return messages.stream().map(SQSMessage::getBody).toList();
  }

  /** Delivers everything there is once; what fails stays. */
  public List<String> deliverOnce(RequestHandler<SQSEvent, SQSBatchResponse> handler) {
    return deliverOnce(handler, null);
  }

  /** The same to a function with so much time left. */
  public List<String> deliverOnce(
      RequestHandler<SQSEvent, SQSBatchResponse> handler, Context context) {
    SQSEvent event = new SQSEvent();
    synchronized (this) {
      event.setRecords(List.copyOf(messages));
    }
    Set<String> failed =
        handler.handleRequest(event, context).getBatchItemFailures().stream()
            .map(BatchItemFailure::getItemIdentifier)
            .collect(Collectors.toSet());
    synchronized (this) {
      messages.removeIf(
          message ->
              event.getRecords().contains(message) && !failed.contains(message.getMessageId()));
      messages.forEach(message -> message.setAttributes(Map.of("ApproximateReceiveCount", "2")));
    }
    return List.copyOf(failed);
  }

  /** Delivers until the queue is empty. */
  public void drainTo(RequestHandler<SQSEvent, SQSBatchResponse> handler) {
    for (int deliveries = 0; !bodies().isEmpty(); deliveries++) {
      if (deliveries == 20) {
        throw new AssertionError("left in the queue: " + bodies());
      }
      deliverOnce(handler);
    }
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
