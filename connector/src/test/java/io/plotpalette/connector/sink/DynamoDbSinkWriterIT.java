package io.plotpalette.connector.sink;

import static io.plotpalette.connector.sink.TestingTable.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.connector.TestingEndpoint.Fault;
import io.plotpalette.connector.TestingMetricGroup;
import java.util.List;
import java.util.OptionalLong;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailboxImpl;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DynamoDbSinkWriterIT {
  private final TestingWriterContext context = new TestingWriterContext();
  private TestingTable table;

  @BeforeEach
  void createTable() throws Exception {
    table = new TestingTable();
  }

  @AfterEach
  void dropTable() throws Exception {
    table.close();
  }

  @Test
  void restoredWritesComeBeforeNewOnes() throws Exception {
    List<BufferedRequestState<DynamoDbWrite>> checkpoint =
        List.of(
            new BufferedRequestState<>(
                List.of(
                    new RequestEntryWrapper<>(put("hot", 1), 1),
                    new RequestEntryWrapper<>(put("other", 2), 1))));

    try (StatefulSinkWriter<DynamoDbWrite, ?> writer =
        sink(100).restoreWriter(context, checkpoint)) {
      writer.write(put("hot", 3), null);
      writer.flush(false);
    }

    assertThat(table.value("hot", "1")).isEqualTo(3);
    assertThat(table.value("other", "1")).isEqualTo(2);
  }

  /** With another parallelism the state would be dealt out anew, without regard to keys. */
  @Test
  void checkpointLeavesNothingBehindForTheState() throws Exception {
    table.endpoint.next("BatchWriteItem", Fault.error(400, "ThrottlingException"));
    try (StatefulSinkWriter<DynamoDbWrite, BufferedRequestState<DynamoDbWrite>> writer =
        sink(100).createWriter(context)) {
      for (int i = 0; i < 7; i++) {
        writer.write(put("key-" + i, i), null);
      }

      writer.flush(false);

      assertThat(table.size()).isEqualTo(7);
      assertThat(writer.snapshotState(1))
          .allSatisfy(state -> assertThat(state.getBufferedRequestEntries()).isEmpty());
    }
    assertThat(context.metrics.count("kinesisanalytics.recordsWritten")).isEqualTo(7);
    assertThat(context.metrics.count("kinesisanalytics.throttles")).isEqualTo(1);
  }

  @Test
  void callsOfASubtaskNeverOverlap() throws Exception {
    try (StatefulSinkWriter<DynamoDbWrite, ?> writer = sink(2).createWriter(context)) {
      // The first call arrives, its answer does not; the next batch has the same key.
      table.endpoint.next(
          "BatchWriteItem", Fault.answerLost(), Fault.answerLost(), Fault.error(500, "Oops"));
      for (int i = 0; i < 10; i++) {
        writer.write(put("hot", i), null);
        writer.write(put("other-" + i, i), null);
      }
      writer.flush(true);
    }

    assertThat(table.value("hot", "1")).isEqualTo(9);
    assertThat(table.size()).isEqualTo(11);
  }

  private static DynamoDbWrite put(String owner, int value) {
    return DynamoDbWrite.put(item(owner, "1", value));
  }

  private DynamoDbSink<DynamoDbWrite> sink(int batch) {
    return DynamoDbSink.<DynamoDbWrite>builder()
        .setTableName(TestingTable.NAME)
        .setClients(table.clients())
        .setElementConverter(write -> write)
        .set(DynamoDbSinkOptions.BATCH_MAX_ITEMS, Math.min(batch, 25))
        .build();
  }

  /** The test's thread is the task's thread. */
  private static final class TestingWriterContext implements WriterInitContext {
    final TestingMetricGroup metrics = new TestingMetricGroup();
    private final TestProcessingTimeService time = new TestProcessingTimeService();
    private final MailboxExecutor mailbox =
        new MailboxExecutorImpl(
            new TaskMailboxImpl(Thread.currentThread()), 0, StreamTaskActionExecutor.IMMEDIATE);

    @Override
    public MailboxExecutor getMailboxExecutor() {
      return mailbox;
    }

    @Override
    public ProcessingTimeService getProcessingTimeService() {
      return time;
    }

    @Override
    public SinkWriterMetricGroup metricGroup() {
      return metrics;
    }

    @Override
    public OptionalLong getRestoredCheckpointId() {
      return OptionalLong.empty();
    }

    @Override
    public SerializationSchema.InitializationContext asSerializationSchemaInitializationContext() {
      throw new UnsupportedOperationException("Not asked for");
    }

    @Override
    public boolean isObjectReuseEnabled() {
      return false;
    }

    @Override
    public <I> org.apache.flink.api.common.typeutils.TypeSerializer<I> createInputSerializer() {
      throw new UnsupportedOperationException("Not asked for");
    }

    @Override
    public JobInfo getJobInfo() {
      throw new UnsupportedOperationException("Not asked for");
    }

    @Override
    public TaskInfo getTaskInfo() {
      throw new UnsupportedOperationException("Not asked for");
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      throw new UnsupportedOperationException("Not asked for");
    }
  }
}
