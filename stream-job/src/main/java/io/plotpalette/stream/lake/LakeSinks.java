package io.plotpalette.stream.lake;

import io.plotpalette.model.lake.DayPartition;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.insights.TaskInsight;
import io.plotpalette.stream.parse.Rejection;
import java.net.URI;
import java.time.Instant;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.flink.util.function.SerializableFunction;

/**
 * The lake's tables as exactly-once file sinks: a file is visible once the checkpoint it belongs to
 * has completed.
 */
public final class LakeSinks {
  private final URI root;

  /**
   * @param root bucket or folder above {@code lake/}, for example {@code s3://bucket} or {@code
   *     file:///data}
   */
  public LakeSinks(URI root) {
    this.root = root;
  }

  public Sink<TaskChange> taskChanges() {
    return parquet(LakeTable.TASK_CHANGES, TaskChangeRow::write, TaskChange::changedAt);
  }

  public Sink<TaskInsight> hourlyInsights() {
    return parquet(
        LakeTable.TASK_INSIGHTS_HOURLY, TaskInsightRow::ofUser, TaskInsight::windowStart);
  }

  public Sink<TaskInsight> dailyInsights() {
    return parquet(LakeTable.TASK_INSIGHTS_DAILY, TaskInsightRow::ofUser, TaskInsight::windowStart);
  }

  public Sink<TaskInsight> minutelyActivity() {
    return parquet(
        LakeTable.TASK_ACTIVITY_MINUTELY, TaskInsightRow::ofAll, TaskInsight::windowStart);
  }

  public Sink<Rejection> quarantine() {
    return FileSink.forRowFormat(
            path(LakeTable.TASK_CHANGES_QUARANTINE_PATH), new QuarantineLineEncoder())
        .withBucketAssigner(new DayBucketAssigner<>(Rejection::partitionTime))
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(named(".jsonl"))
        .build();
  }

  private <T> Sink<T> parquet(
      LakeTable table, RowMapper<T> toRow, SerializableFunction<T, Instant> eventTime) {
    return FileSink.forBulkFormat(path(table.path()), new LakeTableWriterFactory<>(table, toRow))
        .withBucketAssigner(new DayBucketAssigner<>(eventTime))
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(named(".parquet"))
        .build();
  }

  private Path path(String below) {
    // Not as text: a URI's text is percent-encoded, and Flink's Path would take it as it stands.
    return new Path(new Path(root), below);
  }

  /** Bulk formats get no suffix by default, but Athena and people look at it. */
  private static OutputFileConfig named(String suffix) {
    return OutputFileConfig.builder().withPartPrefix("part").withPartSuffix(suffix).build();
  }

  /** Puts an element into the folder of its event day. */
  private static final class DayBucketAssigner<T> implements BucketAssigner<T, String> {
    private static final long serialVersionUID = 1L;
    private static final long DAY_SECONDS = 86_400;

    private final SerializableFunction<T, Instant> eventTime;

    /** The last element's day, which is mostly the next one's as well. */
    private transient long day;

    private transient String folder;

    DayBucketAssigner(SerializableFunction<T, Instant> eventTime) {
      this.eventTime = eventTime;
    }

    @Override
    public String getBucketId(T element, Context context) {
      Instant time = eventTime.apply(element);
      long dayOfTime = Math.floorDiv(time.getEpochSecond(), DAY_SECONDS);
      if (folder == null || dayOfTime != day) {
        day = dayOfTime;
        folder = DayPartition.of(time);
      }
      return folder;
    }

    @Override
    public SimpleVersionedSerializer<String> getSerializer() {
      return SimpleVersionedStringSerializer.INSTANCE;
    }
  }
}
