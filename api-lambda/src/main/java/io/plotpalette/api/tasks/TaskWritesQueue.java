package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.ProblemException;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Puts requests into the queue: all of a request, or nothing of it. */
final class TaskWritesQueue {
  /**
   * Of the operations of one message, in bytes of UTF-8. SQS takes 256 KB, or 1 MiB where that is
   * switched on; what is around the operations is below 1 KB.
   */
  static final int MAX_OPERATIONS_BYTES = 240_000;

  /**
   * Of a request of several messages, so that the first is not looked at before the last is sent.
   */
  private static final int DELAY_OF_PARTS_S = 2;

  private static final Logger LOG = LoggerFactory.getLogger(TaskWritesQueue.class);

  private final AsyncRequests requests;
  private final Supplier<SqsClient> sqs;
  private final URI url;

  TaskWritesQueue(AsyncRequests requests, Supplier<SqsClient> sqs, URI url) {
    this.requests = requests;
    this.sqs = sqs;
    this.url = url;
  }

  /**
   * Takes a request for later.
   *
   * @param id a UUIDv7; the same one again when the request is run again
   * @throws ProblemException 503 when the queue did not take it
   */
  AsyncRequest take(String userId, String id, JsonNode operations, Instant now) {
    List<QueueMessage> messages = messages(userId, id, operations);
    boolean isOneMessage = messages.size() == 1;
    return take(
        new AsyncRequest(
            userId,
            id,
            RequestKind.WRITES,
            isOneMessage ? RequestState.ACCEPTED : RequestState.OPEN,
            now.truncatedTo(ChronoUnit.MILLIS),
            operations.size(),
            Json.MAPPER.createObjectNode(),
            0),
        messages);
  }

  /**
   * Takes an export for later, as above.
   *
   * @throws ProblemException 503 when the queue did not take it
   */
  AsyncRequest takeExport(String userId, String id, Instant now) {
    ObjectNode nothing = Json.MAPPER.createObjectNode();
    AsyncRequest request =
        new AsyncRequest(
            userId,
            id,
            RequestKind.EXPORT,
            RequestState.ACCEPTED,
            now.truncatedTo(ChronoUnit.MILLIS),
            0,
            nothing,
            0);
    return take(request, List.of(QueueMessage.of(request)));
  }

  /**
   * Lets the work on an import begin whose file is there, or go on.
   *
   * @throws ProblemException 503 when the queue did not take it; then it can be started again
   */
  void start(AsyncRequest request) {
    requests.accept(request);
    send(QueueMessage.of(request), 0);
  }

  /** Has the work on a request gone on with by the next worker. */
  void goOn(AsyncRequest request) {
    send(QueueMessage.of(request), 0);
  }

  private AsyncRequest take(AsyncRequest request, List<QueueMessage> messages) {
    boolean isNew = requests.add(request);
    try {
      for (QueueMessage message : messages) {
        send(message, messages.size() == 1 ? 0 : DELAY_OF_PARTS_S);
      }
    } catch (ProblemException e) {
      if (isNew) {
        requests.withdraw(request);
      }
      throw e;
    }
    if (request.state() == RequestState.OPEN) {
      requests.accept(request);
    }
    return request;
  }

  private void send(QueueMessage message, int delaySeconds) {
    try {
      sqs.get()
          .sendMessage(
              request ->
                  request
                      .queueUrl(url.toString())
                      .messageBody(message.text())
                      .delaySeconds(delaySeconds));
    } catch (SdkException e) {
      LOG.error(
          "queue did not take a message user_id={} async_request_id={}",
          message.userId(),
          message.requestId(),
          e);
      throw ProblemException.unavailable();
    }
  }

  /** As few messages as hold the operations in their order. */
  private static List<QueueMessage> messages(String userId, String id, JsonNode operations) {
    List<QueueMessage> messages = new ArrayList<>();
    ArrayNode part = Json.MAPPER.createArrayNode();
    int bytes = 0;
    for (int i = 0; i < operations.size(); i++) {
      int size = TaskOperations.bytes(operations.get(i)) + 1;
      if (bytes + size > MAX_OPERATIONS_BYTES) {
        messages.add(new QueueMessage(RequestKind.WRITES, userId, id, i - part.size(), part));
        part = Json.MAPPER.createArrayNode();
        bytes = 0;
      }
      part.add(operations.get(i));
      bytes += size;
    }
    messages.add(
        new QueueMessage(RequestKind.WRITES, userId, id, operations.size() - part.size(), part));
    return messages;
  }
}
