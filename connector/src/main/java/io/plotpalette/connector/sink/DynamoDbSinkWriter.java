package io.plotpalette.connector.sink;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gathers the writes of one subtask and hands them, batch by batch, to a thread of its own. */
final class DynamoDbSinkWriter<T> extends AsyncSinkWriter<T, DynamoDbWrite> {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbSinkWriter.class);

  private final TableWriter table;
  private final ExecutorService calls;
  private volatile boolean closed;

  // Its successor takes parts whose types changed their names between releases of Flink 2.
  @SuppressWarnings("deprecation")
  DynamoDbSinkWriter(
      ElementConverter<T, DynamoDbWrite> converter,
      WriterInitContext context,
      AsyncSinkWriterConfiguration configuration,
      Collection<BufferedRequestState<DynamoDbWrite>> buffered,
      TableWriter table) {
    super(converter, context, configuration, buffered);
    this.table = table;
    String name = "dynamodb-sink-" + table.name();
    this.calls =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Leaves nothing for the checkpoint: waiting writes would be dealt out anew when the job comes
   * back with another parallelism, and an old value could follow a newer one of its key.
   */
  @Override
  public void flush(boolean endOfInput) throws InterruptedException {
    super.flush(true);
  }

  @Override
  protected void submitRequestEntries(
      List<DynamoDbWrite> batch, ResultHandler<DynamoDbWrite> result) {
    calls.execute(
        () -> {
          try {
            write(batch, result);
          } catch (RejectedExecutionException e) {
            // Nobody waits for the outcome any more: the task has ended.
            LOG.debug("Outcome of a batch came after the end of its task", e);
          }
        });
  }

  private void write(List<DynamoDbWrite> batch, ResultHandler<DynamoDbWrite> result) {
    try {
      table.write(batch);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!closed) {
        result.completeExceptionally(e);
      }
      return;
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
      return;
    }
    result.complete();
  }

  @Override
  protected long getSizeInBytes(DynamoDbWrite write) {
    return ItemSize.of(write.attributes());
  }

  /** Ends the call under way; a call has a time-out, so its thread, a daemon, ends soon after. */
  @Override
  public void close() {
    closed = true;
    calls.shutdownNow();
    table.close();
    super.close();
  }
}
