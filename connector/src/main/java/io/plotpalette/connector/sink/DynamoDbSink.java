package io.plotpalette.connector.sink;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Writes items to a DynamoDB table, each at least once. Writes of one subtask reach the table in
 * their order, one call at a time: key the stream by the table's primary key and the table ends
 * with the newest value of every key. A checkpoint completes when everything before it is written.
 */
public final class DynamoDbSink<T> extends AsyncSinkBase<T, DynamoDbWrite> {
  private static final long serialVersionUID = 1L;
  private static final int ONE_IN_FLIGHT = 1;

  /** Sizes are checked where a write can be refused alone; the base class would fail the job. */
  private static final long ANY_SIZE = Long.MAX_VALUE;

  /**
   * The base class answers a time-out by sending the writes again while the first call may still
   * run, which could bring an old value back. Calls have time-outs of their own.
   */
  private static final long NEVER_MILLIS = Duration.ofDays(36_500).toMillis();

  private final String tableName;
  private final List<String> keyAttributes;
  private final DynamoDbClientProvider clients;
  private final Configuration options;

  DynamoDbSink(
      String tableName,
      List<String> keyAttributes,
      DynamoDbClientProvider clients,
      DynamoDbWriteConverter<T> converter,
      Configuration options) {
    super(
        (element, context) -> converter.convert(element),
        options.get(DynamoDbSinkOptions.BATCH_MAX_ITEMS),
        ONE_IN_FLIGHT,
        options.get(DynamoDbSinkOptions.BUFFER_MAX_ITEMS),
        ANY_SIZE,
        options.get(DynamoDbSinkOptions.BATCH_MAX_WAIT).toMillis(),
        ANY_SIZE,
        NEVER_MILLIS,
        true);
    this.tableName = tableName;
    this.keyAttributes = keyAttributes;
    this.clients = clients;
    this.options = options;
  }

  public static <T> DynamoDbSinkBuilder<T> builder() {
    return new DynamoDbSinkBuilder<>();
  }

  @Override
  public StatefulSinkWriter<T, BufferedRequestState<DynamoDbWrite>> createWriter(
      WriterInitContext context) {
    return restoreWriter(context, List.of());
  }

  @Override
  public StatefulSinkWriter<T, BufferedRequestState<DynamoDbWrite>> restoreWriter(
      WriterInitContext context, Collection<BufferedRequestState<DynamoDbWrite>> buffered) {
    return new DynamoDbSinkWriter<>(
        getElementConverter(),
        context,
        AsyncSinkWriterConfiguration.builder()
            .setMaxBatchSize(getMaxBatchSize())
            .setMaxBatchSizeInBytes(getMaxBatchSizeInBytes())
            .setMaxInFlightRequests(getMaxInFlightRequests())
            .setMaxBufferedRequests(getMaxBufferedRequests())
            .setMaxTimeInBufferMS(getMaxTimeInBufferMS())
            .setMaxRecordSizeInBytes(getMaxRecordSizeInBytes())
            .setRequestTimeoutMS(getRequestTimeoutMS())
            .setFailOnTimeout(getFailOnTimeout())
            .build(),
        buffered,
        new TableWriter(clients.create(), tableName, keyAttributes, options, metrics(context)));
  }

  private SinkMetrics metrics(WriterInitContext context) {
    return new SinkMetrics(
        context.metricGroup().addGroup(options.get(DynamoDbSinkOptions.METRIC_GROUP)),
        Clock.systemUTC());
  }

  @Override
  public SimpleVersionedSerializer<BufferedRequestState<DynamoDbWrite>> getWriterStateSerializer() {
    return new DynamoDbWriteSerializer();
  }
}
