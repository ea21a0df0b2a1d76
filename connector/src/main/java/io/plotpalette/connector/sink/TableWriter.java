package io.plotpalette.connector.sink;

import io.plotpalette.connector.failure.Backoff;
import io.plotpalette.connector.failure.FailureKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Brings batches into the table, one call after the other, in the caller's thread. It comes back
 * when every write of the batch is in the table, was made needless by a newer one, or is refused
 * for good; until then it repeats what failed for a reason that passes.
 */
final class TableWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);

  private final DynamoDbClient client;
  private final String tableName;
  private final RefusedItems refusedItems;
  private final Backoff backoff;
  private final SinkMetrics metrics;

  /** Empty until the table has been described. */
  private List<String> keyAttributes;

  TableWriter(
      DynamoDbClient client,
      String tableName,
      List<String> keyAttributes,
      ReadableConfig options,
      SinkMetrics metrics) {
    this.client = client;
    this.tableName = tableName;
    this.keyAttributes = keyAttributes;
    this.refusedItems = options.get(DynamoDbSinkOptions.REFUSED_ITEMS);
    this.backoff =
        new Backoff(
            options.get(DynamoDbSinkOptions.BACKOFF_MIN),
            options.get(DynamoDbSinkOptions.BACKOFF_MAX),
            () -> ThreadLocalRandom.current().nextDouble());
    this.metrics = metrics;
  }

  String name() {
    return tableName;
  }

  /**
   * @throws DynamoDbSinkException if the table is missing or may not be written
   * @throws SuppressRestartsException at a write that is refused for good, if told so
   */
  void write(List<DynamoDbWrite> batch) throws InterruptedException {
    if (keyAttributes.isEmpty()) {
      keyAttributes = describedKey();
    }
    List<DynamoDbWrite> together = new ArrayList<>();
    for (DynamoDbWrite write : batch) {
      long bytes = ItemSize.of(write.attributes());
      if (bytes > ItemSize.LIMIT) {
        refuse(
            write,
            "it has %,d bytes, over DynamoDB's limit of %,d".formatted(bytes, ItemSize.LIMIT),
            null);
      } else if (write.kind() == DynamoDbWrite.Kind.CONDITIONAL_PUT) {
        // Behind everything before it: it may be of a key that is still waiting.
        writeTogether(together);
        together.clear();
        writeAlone(write);
      } else {
        together.add(write);
      }
    }
    writeTogether(together);
  }

  private List<String> describedKey() throws InterruptedException {
    return call(
            "DescribeTable",
            () -> client.describeTable(ask -> ask.tableName(tableName)).table().keySchema())
        .stream()
        .map(KeySchemaElement::attributeName)
        .toList();
  }

  private void writeTogether(List<DynamoDbWrite> writes) throws InterruptedException {
    Collection<DynamoDbWrite> newest = newestByKey(writes);
    List<WriteRequest> unwritten = newest.stream().map(TableWriter::request).toList();
    int failures = 0;
    while (!unwritten.isEmpty()) {
      List<WriteRequest> requests = unwritten;
      BatchWriteItemResponse answer;
      try {
        answer =
            call(
                "BatchWriteItem",
                () -> client.batchWriteItem(ask -> ask.requestItems(Map.of(tableName, requests))));
      } catch (RefusedException e) {
        // One bad item has the whole batch refused, and the answer does not say which.
        for (DynamoDbWrite write : remaining(newest, unwritten)) {
          writeAlone(write);
        }
        return;
      }
      metrics.batches.inc();
      unwritten = answer.unprocessedItems().getOrDefault(tableName, List.of());
      metrics.recordsWritten.inc(requests.size() - unwritten.size());
      if (!unwritten.isEmpty()) {
        failures = unwritten.size() < requests.size() ? 1 : failures + 1;
        metrics.throttles.inc();
        metrics.retries.inc();
        Thread.sleep(backoff.millis(failures));
      }
    }
  }

  /**
   * The last write of every key: DynamoDB refuses a batch that names a key twice, and the earlier
   * one would not be seen for long anyway.
   */
  private Collection<DynamoDbWrite> newestByKey(List<DynamoDbWrite> writes) {
    Map<Object, DynamoDbWrite> newest = new LinkedHashMap<>();
    for (DynamoDbWrite write : writes) {
      newest.put(comparable(write.key(keyAttributes)), write);
    }
    metrics.superseded.inc(writes.size() - newest.size());
    return newest.values();
  }

  /** Numbers that differ in spelling only are one key to DynamoDB. */
  private static Object comparable(Map<String, AttributeValue> key) {
    Map<String, Object> values = new LinkedHashMap<>();
    key.forEach(
        (name, value) ->
            values.put(
                name, value.type() == AttributeValue.Type.N ? number(value.n()) : (Object) value));
    return values;
  }

  private static Object number(String digits) {
    try {
      return new BigDecimal(digits).stripTrailingZeros();
    } catch (NumberFormatException e) {
      // DynamoDB will say what is wrong with it.
      return digits;
    }
  }

  private static List<DynamoDbWrite> remaining(
      Collection<DynamoDbWrite> writes, List<WriteRequest> unwritten) {
    Set<WriteRequest> left = new HashSet<>(unwritten);
    return writes.stream().filter(write -> left.contains(request(write))).toList();
  }

  private static WriteRequest request(DynamoDbWrite write) {
    return write.kind() == DynamoDbWrite.Kind.DELETE
        ? WriteRequest.builder().deleteRequest(delete -> delete.key(write.attributes())).build()
        : WriteRequest.builder().putRequest(put -> put.item(write.attributes())).build();
  }

  private void writeAlone(DynamoDbWrite write) throws InterruptedException {
    try {
      if (write.kind() == DynamoDbWrite.Kind.DELETE) {
        DeleteItemRequest delete =
            DeleteItemRequest.builder().tableName(tableName).key(write.attributes()).build();
        call("DeleteItem", () -> client.deleteItem(delete));
      } else {
        PutItemRequest put = put(write);
        call("PutItem", () -> client.putItem(put));
      }
      metrics.recordsWritten.inc();
    } catch (RefusedException e) {
      if (e.getCause() instanceof ConditionalCheckFailedException) {
        metrics.conditionFailed.inc();
      } else {
        refuse(write, e.getMessage(), e.getCause());
      }
    }
  }

  private PutItemRequest put(DynamoDbWrite write) {
    PutItemRequest.Builder put =
        PutItemRequest.builder().tableName(tableName).item(write.attributes());
    if (write.kind() == DynamoDbWrite.Kind.CONDITIONAL_PUT) {
      put.conditionExpression(write.condition());
      // DynamoDB refuses empty maps.
      if (!write.names().isEmpty()) {
        put.expressionAttributeNames(write.names());
      }
      if (!write.values().isEmpty()) {
        put.expressionAttributeValues(write.values());
      }
    }
    return put.build();
  }

  private void refuse(DynamoDbWrite write, String reason, Throwable cause) {
    Map<String, AttributeValue> key = write.key(keyAttributes);
    if (refusedItems == RefusedItems.FAIL) {
      throw new SuppressRestartsException(
          new DynamoDbSinkException(
              "%s with key %s can never be written to table %s: %s; %s=%s goes on without it"
                  .formatted(
                      write,
                      key,
                      tableName,
                      reason,
                      DynamoDbSinkOptions.REFUSED_ITEMS.key(),
                      RefusedItems.DROP),
              cause));
    }
    metrics.dropped.inc();
    LOG.error(
        "A write is dropped, it can never be done: table={} key={} write={} reason={}",
        tableName,
        key,
        write,
        reason,
        cause);
  }

  /** Repeats the call until it is answered, or until repeating it is of no use. */
  private <T> T call(String operation, Supplier<T> request) throws InterruptedException {
    for (int failures = 1; ; failures++) {
      try {
        T answer = request.get();
        metrics.outage.succeeded();
        return answer;
      } catch (SdkException e) {
        // The SDK wraps an interrupt into its own exceptions and leaves the flag set.
        if (Thread.interrupted()) {
          throw new InterruptedException("Interrupted in " + operation);
        }
        switch (FailureKind.of(e)) {
          case THROTTLED -> metrics.throttles.inc();
          case UNAVAILABLE -> metrics.transientErrors.inc();
          case REFUSED -> {
            metrics.outage.succeeded();
            throw new RefusedException(e);
          }
          case MISSING, DENIED ->
              throw new DynamoDbSinkException(
                  "%s on table %s failed with %s: %s. Are table, region, endpoint, credentials and rights what they should be?"
                      .formatted(operation, tableName, FailureKind.codeOf(e), e.getMessage()),
                  e);
        }
        metrics.outage.failed();
        metrics.retries.inc();
        long wait = backoff.millis(failures);
        if (Backoff.isReported(failures)) {
          LOG.warn(
              "{} failed, trying again: table={} failures={} outageMillis={} waitMillis={}",
              operation,
              tableName,
              failures,
              metrics.outage.millis(),
              wait,
              e);
        }
        Thread.sleep(wait);
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /** DynamoDB has refused a request that would be refused again. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(SdkException cause) {
      super(FailureKind.codeOf(cause) + ": " + cause.getMessage(), cause);
    }
  }
}
