package io.plotpalette.local.bench.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.lake.DayPartition;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import io.plotpalette.stream.lake.LakeEncoding;
import io.plotpalette.stream.parse.TaskChangeType;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.parquet.avro.AvroParquetWriter;

/**
 * The pipeline as it is written first: a tree of each record, Flink's own windows, Avro records
 * through the stock Parquet writer with the lake's encoding, default settings otherwise. Without
 * quarantine, rules and corrections.
 */
@SuppressWarnings(
    "SameNameButDifferent") // Both contexts are the ones Flink gives to what overrides them.
final class StraightforwardJob {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StraightforwardJob() {}

  static void connect(DataStream<byte[]> lines, Path bucket, ChangeFile file) {
    SingleOutputStreamOperator<TaskChange> changes =
        lines
            .map(new Parse())
            .returns(TaskChangeType.info())
            .uid("parse")
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<TaskChange>forBoundedOutOfOrderness(
                        Duration.ofMillis(file.boundMillis()))
                    .withTimestampAssigner((change, before) -> change.changedAt().toEpochMilli()))
            .uid("event-time");
    changes
        .sinkTo(
            sink(bucket, LakeTable.TASK_CHANGES, StraightforwardJob::row, TaskChange::changedAt))
        .uid("bronze");
    insights(changes, bucket, LakeTable.TASK_INSIGHTS_HOURLY, Duration.ofHours(1));
    insights(changes, bucket, LakeTable.TASK_INSIGHTS_DAILY, Duration.ofDays(1));
    insights(changes, bucket, LakeTable.TASK_ACTIVITY_MINUTELY, Duration.ofMinutes(1));
  }

  private static void insights(
      DataStream<TaskChange> changes, Path bucket, LakeTable table, Duration size) {
    boolean perUser = table != LakeTable.TASK_ACTIVITY_MINUTELY;
    changes
        .keyBy(change -> perUser ? change.task().userId() : "")
        .window(TumblingEventTimeWindows.of(size))
        .aggregate(new Count(), new Name(perUser))
        .uid(table.sqlName())
        .sinkTo(
            sink(
                bucket,
                table,
                (counts, schema) -> row(counts, schema, perUser),
                counts -> Instant.ofEpochMilli(counts.start)))
        .uid(table.sqlName() + "-rows");
  }

  private static final class Parse implements MapFunction<byte[], TaskChange> {
    private static final long serialVersionUID = 1L;

    @Override
    public TaskChange map(byte[] line) throws IOException {
      JsonNode record = JSON.readTree(line);
      JsonNode change = record.get("dynamodb");
      String event = record.get("eventName").asText();
      ChangeType type =
          event.equals("INSERT")
              ? ChangeType.CREATED
              : event.equals("MODIFY") ? ChangeType.UPDATED : ChangeType.DELETED;
      JsonNode before = change.get("OldImage");
      Task task = task(type == ChangeType.DELETED ? before : change.get("NewImage"));
      Instant streamTime = Instant.ofEpochMilli(change.get("ApproximateCreationDateTime").asLong());
      return new TaskChange(
          record.get("eventID").asText(),
          type,
          type == ChangeType.DELETED ? streamTime : task.updatedAt(),
          streamTime,
          change.get("SequenceNumber").asText(),
          Instant.now(),
          before == null ? null : TaskStatus.fromWire(text(before, "status")).orElseThrow(),
          before == null ? null : (Long) Long.parseLong(before.get("version").get("N").asText()),
          task);
    }

    private static Task task(JsonNode image) {
      List<String> labels = new ArrayList<>();
      if (image.has("labels")) {
        image.get("labels").get("L").forEach(label -> labels.add(label.get("S").asText()));
      }
      Map<String, String> metadata = new LinkedHashMap<>();
      if (image.has("metadata")) {
        image
            .get("metadata")
            .get("M")
            .properties()
            .forEach(pair -> metadata.put(pair.getKey(), pair.getValue().get("S").asText()));
      }
      String dueDate = text(image, "due_date");
      return Task.builder()
          .taskId(text(image, "task_id"))
          .userId(text(image, "user_id"))
          .title(text(image, "title"))
          .description(text(image, "description"))
          .status(TaskStatus.fromWire(text(image, "status")).orElseThrow())
          .priority(TaskPriority.fromWire(text(image, "priority")).orElseThrow())
          .labels(labels)
          .dueDate(dueDate == null ? null : LocalDate.parse(dueDate))
          .dueAt(instant(image, "due_at"))
          .timeZone(text(image, "time_zone"))
          .estimateMinutes(
              image.has("estimate_minutes")
                  ? (Integer) Integer.parseInt(image.get("estimate_minutes").get("N").asText())
                  : null)
          .parentId(text(image, "parent_id"))
          .metadata(metadata)
          .createdAt(instant(image, "created_at"))
          .updatedAt(instant(image, "updated_at"))
          .completedAt(instant(image, "completed_at"))
          .version(Long.parseLong(image.get("version").get("N").asText()))
          .build();
    }

    private static String text(JsonNode image, String name) {
      JsonNode attribute = image.get(name);
      return attribute == null ? null : attribute.get("S").asText();
    }

    private static Instant instant(JsonNode image, String name) {
      String text = text(image, name);
      return text == null ? null : Instant.parse(text);
    }
  }

  /** What is known of one window. A Flink POJO. */
  public static final class Counts {
    public String userId;
    public long start;
    public long end;
    public long created;
    public long completed;
    public long reopened;
    public long cancelled;
    public long deleted;
    public long updated;
    public long openDelta;
    public long onTime;
    public long overdueCompleted;
    public double leadTimeMillis;
    public int leadTimes;
    public double[] leadTimeSeconds = new double[4];

    void add(TaskChange change) {
      Task task = change.task();
      ChangeType type = change.changeType();
      TaskStatus before = change.previousStatus();
      TaskStatus after = type == ChangeType.DELETED ? null : task.status();
      boolean wasOpen = before != null && before.isOpen();
      boolean isOpen = after != null && after.isOpen();
      created += type == ChangeType.CREATED ? 1 : 0;
      updated += type == ChangeType.UPDATED ? 1 : 0;
      deleted += type == ChangeType.DELETED ? 1 : 0;
      reopened += isOpen && before != null && !wasOpen ? 1 : 0;
      cancelled += after == TaskStatus.CANCELLED && before != TaskStatus.CANCELLED ? 1 : 0;
      openDelta += (isOpen ? 1 : 0) - (wasOpen ? 1 : 0);
      if (after == TaskStatus.DONE && before != TaskStatus.DONE) {
        completed++;
        Instant deadline = task.deadline();
        if (deadline != null) {
          boolean late = task.completedAt().isAfter(deadline);
          onTime += late ? 0 : 1;
          overdueCompleted += late ? 1 : 0;
        }
        long millis = Duration.between(task.createdAt(), task.completedAt()).toMillis();
        leadTimeMillis += millis;
        if (leadTimes == leadTimeSeconds.length) {
          leadTimeSeconds = Arrays.copyOf(leadTimeSeconds, 2 * leadTimes);
        }
        leadTimeSeconds[leadTimes++] = millis / 1000.0;
      }
    }
  }

  private static final class Count implements AggregateFunction<TaskChange, Counts, Counts> {
    private static final long serialVersionUID = 1L;

    @Override
    public Counts createAccumulator() {
      return new Counts();
    }

    @Override
    public Counts add(TaskChange change, Counts counts) {
      counts.add(change);
      return counts;
    }

    @Override
    public Counts getResult(Counts counts) {
      return counts;
    }

    @Override
    public Counts merge(Counts a, Counts b) {
      throw new UnsupportedOperationException("tumbling windows do not merge");
    }
  }

  private static final class Name
      extends ProcessWindowFunction<Counts, Counts, String, TimeWindow> {
    private static final long serialVersionUID = 1L;
    private final boolean perUser;

    Name(boolean perUser) {
      this.perUser = perUser;
    }

    @Override
    public void process(
        String userId, Context context, Iterable<Counts> counts, Collector<Counts> out) {
      Counts window = counts.iterator().next();
      window.userId = perUser ? userId : null;
      window.start = context.window().getStart();
      window.end = context.window().getEnd();
      out.collect(window);
    }
  }

  /** An element as a record of a table's schema. */
  @FunctionalInterface
  private interface Row<T> extends Serializable {
    GenericRecord of(T element, Schema schema);
  }

  private static GenericRecord row(TaskChange change, Schema schema) {
    Task task = change.task();
    GenericRecord row = new GenericData.Record(schema);
    row.put("change_id", change.changeId());
    row.put("change_type", change.changeType().name());
    row.put("changed_at", millis(change.changedAt()));
    row.put("stream_time", millis(change.streamTime()));
    row.put("sequence_number", change.sequenceNumber());
    row.put("ingested_at", millis(change.ingestedAt()));
    row.put(
        "previous_status",
        change.previousStatus() == null ? null : change.previousStatus().wireName());
    row.put("previous_version", change.previousVersion());
    row.put("task_id", task.taskId());
    row.put("user_id", task.userId());
    row.put("title", task.title());
    row.put("description", task.description());
    row.put("status", task.status().wireName());
    row.put("priority", task.priority().wireName());
    row.put("labels", task.labels());
    row.put("due_date", task.dueDate() == null ? null : (int) task.dueDate().toEpochDay());
    row.put("due_at", millis(task.dueAt()));
    row.put("time_zone", task.timeZone());
    row.put("estimate_minutes", task.estimateMinutes());
    row.put("parent_id", task.parentId());
    row.put("metadata", task.metadata());
    row.put("created_at", millis(task.createdAt()));
    row.put("updated_at", millis(task.updatedAt()));
    row.put("completed_at", millis(task.completedAt()));
    row.put("version", task.version());
    return row;
  }

  private static GenericRecord row(Counts counts, Schema schema, boolean perUser) {
    GenericRecord row = new GenericData.Record(schema);
    if (perUser) {
      row.put("user_id", counts.userId);
    }
    row.put("window_start", counts.start);
    row.put("window_end", counts.end);
    row.put("created", counts.created);
    row.put("completed", counts.completed);
    row.put("reopened", counts.reopened);
    row.put("cancelled", counts.cancelled);
    row.put("deleted", counts.deleted);
    row.put("updated", counts.updated);
    row.put("open_delta", counts.openDelta);
    row.put("on_time", counts.onTime);
    row.put("overdue_completed", counts.overdueCompleted);
    row.put("lead_time_count", (long) counts.leadTimes);
    if (counts.leadTimes > 0) {
      KllDoublesSketch sketch = KllDoublesSketch.newHeapInstance();
      sketch.update(counts.leadTimeSeconds, 0, counts.leadTimes);
      row.put("lead_time_mean_s", counts.leadTimeMillis / counts.leadTimes / 1000);
      row.put("lead_time_min_s", sketch.getMinItem());
      row.put("lead_time_p50_s", sketch.getQuantile(0.5));
      row.put("lead_time_p95_s", sketch.getQuantile(0.95));
      row.put("lead_time_max_s", sketch.getMaxItem());
    }
    row.put("revision", 1L);
    row.put("is_final", true);
    row.put("emitted_at", System.currentTimeMillis());
    return row;
  }

  private static Long millis(Instant instant) {
    return instant == null ? null : (Long) instant.toEpochMilli();
  }

  private static <T> FileSink<T> sink(
      Path bucket, LakeTable table, Row<T> row, SerializableFunction<T, Instant> eventTime) {
    return FileSink.forBulkFormat(
            new org.apache.flink.core.fs.Path(bucket.resolve(table.path()).toUri()),
            new Writers<>(table.avroSchema(), row))
        .withBucketAssigner(new Days<>(eventTime))
        .withOutputFileConfig(OutputFileConfig.builder().withPartSuffix(".parquet").build())
        .build();
  }

  private record Writers<T>(String schema, Row<T> row) implements BulkWriter.Factory<T> {
    private static final long serialVersionUID = 1L;

    @Override
    public BulkWriter<T> create(FSDataOutputStream stream) throws IOException {
      Schema avro = new Schema.Parser().parse(schema);
      BulkWriter<GenericRecord> records =
          new ParquetWriterFactory<GenericRecord>(
                  out ->
                      LakeEncoding.applyTo(
                              AvroParquetWriter.<GenericRecord>builder(out)
                                  .withSchema(avro)
                                  .withDataModel(GenericData.get()))
                          .build())
              .create(stream);
      return new BulkWriter<>() {
        @Override
        public void addElement(T element) throws IOException {
          records.addElement(row.of(element, avro));
        }

        @Override
        public void flush() throws IOException {
          records.flush();
        }

        @Override
        public void finish() throws IOException {
          records.finish();
        }
      };
    }
  }

  private record Days<T>(SerializableFunction<T, Instant> eventTime)
      implements BucketAssigner<T, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getBucketId(T element, Context context) {
      return DayPartition.of(eventTime.apply(element));
    }

    @Override
    public SimpleVersionedSerializer<String> getSerializer() {
      return SimpleVersionedStringSerializer.INSTANCE;
    }
  }
}
