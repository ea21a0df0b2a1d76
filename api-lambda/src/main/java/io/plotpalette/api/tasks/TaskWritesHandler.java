package io.plotpalette.api.tasks;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.TransientFailure;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on what the API has put into the queue. Every message is for itself: one that cannot be
 * done now is reported and comes again, and after five times it is in the dead-letter queue.
 */
public final class TaskWritesHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  /** Enough for one write with all its retries, and to answer. */
  private static final int RESERVED_MS = 15_000;

  private static final Logger LOG = LoggerFactory.getLogger(TaskWritesHandler.class);

  private final AsyncRequests requests;
  private final ErasedUsers erasedUsers;
  private final TaskWritesQueue queue;
  private final TaskWrites writes;
  private final ExportRun exports;
  private final ImportRun imports;

  /** For Lambda: configured by the environment. */
  public TaskWritesHandler() {
    this(ApiConfig.read(System::getenv));
  }

  private TaskWritesHandler(ApiConfig config) {
    this(config, ApiClients.onLambda(config, new TableThrottles()), InstantSource.system());
  }

  public TaskWritesHandler(ApiConfig config, ApiClients clients, InstantSource clock) {
    WriteMarks marks = new WriteMarks(clients.dynamoDb(), config.idempotencyTable(), clock);
    Tasks tasks = new Tasks(new TaskStore(clients.dynamoDb(), config, marks), clock);
    TaskInputs inputs = new TaskInputs(ApiContract.packaged());
    this.requests = new AsyncRequests(clients.dynamoDb(), config.idempotencyTable(), clock);
    this.erasedUsers = new ErasedUsers(clients.dynamoDb(), config.idempotencyTable(), clock);
    this.queue = new TaskWritesQueue(requests, clients.sqs(), config.taskWritesQueueUrl());
    this.writes = new TaskWrites(new TaskOperations(tasks, inputs), marks);
    this.exports = new ExportRun(tasks, requests, clients.files());
    this.imports = new ImportRun(tasks, inputs, requests, erasedUsers, clients.files());
  }

  /** Returns which messages are to come again. */
  @Override
  public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
    BooleanSupplier goOn =
        () -> context == null || context.getRemainingTimeInMillis() > RESERVED_MS;
    List<BatchItemFailure> failures = new ArrayList<>();
    for (SQSMessage message : event.getRecords()) {
      if (!isDone(message, goOn)) {
        failures.add(new BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }

  private boolean isDone(SQSMessage event, BooleanSupplier goOn) {
    String id = event.getMessageId();
    Optional<QueueMessage> read = QueueMessage.read(event.getBody());
    if (read.isEmpty()) {
      LOG.error("message unreadable message_id={}", id);
      return false;
    }
    QueueMessage message = read.get();
    String requestId = message.requestId();
    try {
      boolean isDone = work(message, isRepeated(event), goOn);
      LOG.info(
          "message {} message_id={} user_id={} async_request_id={} first={} operations={}",
          isDone ? "done" : "put off",
          id,
          message.userId(),
          requestId,
          message.first(),
          message.operations().size());
      return isDone;
    } catch (RuntimeException e) {
      if (TransientFailure.is(e)) {
        LOG.warn(
            "message put off message_id={} user_id={} async_request_id={} cause={}",
            id,
            message.userId(),
            requestId,
            e.getClass().getSimpleName());
      } else {
        LOG.error(
            "message failed message_id={} user_id={} async_request_id={}",
            id,
            message.userId(),
            requestId,
            e);
      }
      return false;
    }
  }

  private boolean work(QueueMessage message, boolean isRepeated, BooleanSupplier goOn) {
    Optional<AsyncRequest> found = requests.find(message.userId(), message.requestId());
    if (found.isEmpty() || erasedUsers.contains(message.userId())) {
      // Withdrawn, a day old, or of somebody who has left: nobody waits for it.
      return true;
    }
    AsyncRequest request = found.get();
    if (request.state() == RequestState.OPEN || request.kind() != message.kind()) {
      return false;
    }
    if (request.kind() == RequestKind.WRITES) {
      return writes.run(message, isRepeated, goOn);
    }
    boolean isDone =
        request.kind() == RequestKind.EXPORT
            ? exports.run(request, goOn)
            : imports.run(request, goOn);
    if (!isDone) {
      // A message of its own for the rest: its first delivery, however often this one came.
      queue.goOn(request);
    }
    return true;
  }

  private static boolean isRepeated(SQSMessage event) {
    Map<String, String> attributes = event.getAttributes();
    return attributes == null || !"1".equals(attributes.get("ApproximateReceiveCount"));
  }
}
