package io.plotpalette.local.bench.stream;

import io.plotpalette.model.lake.DayPartition;
import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.stream.lake.LakeEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * A table of the lake as a hand-written loop fills it: one open Parquet file a day, the same schema
 * and compression as the product's, values put into the column buffers one by one.
 */
final class LoopTable implements AutoCloseable {
  private static final long DAY_MILLIS = 86_400_000;

  private final Path folder;
  private final MessageType schema;
  private final Map<Long, ParquetWriter<Consumer<RecordConsumer>>> days = new HashMap<>();
  private final String[] names;
  private long lastDay = Long.MIN_VALUE;
  private ParquetWriter<Consumer<RecordConsumer>> lastWriter;

  LoopTable(Path bucket, LakeTable table) {
    folder = bucket.resolve(table.path());
    schema =
        new AvroSchemaConverter(LakeEncoding.configuration())
            .convert(new Schema.Parser().parse(table.avroSchema()));
    names = schema.getFields().stream().map(field -> field.getName()).toArray(String[]::new);
  }

  /** Writes a row into the file of its day. */
  void write(long epochMillis, Consumer<RecordConsumer> row) throws IOException {
    long day = Math.floorDiv(epochMillis, DAY_MILLIS);
    if (day != lastDay) {
      lastDay = day;
      lastWriter = days.get(day);
      if (lastWriter == null) {
        lastWriter = open(epochMillis);
        days.put(day, lastWriter);
      }
    }
    lastWriter.write(row);
  }

  private ParquetWriter<Consumer<RecordConsumer>> open(long epochMillis) throws IOException {
    Path day = folder.resolve(DayPartition.of(Instant.ofEpochMilli(epochMillis)));
    Files.createDirectories(day);
    return LakeEncoding.applyTo(
            new Builder(new LocalOutputFile(day.resolve("loop.parquet")), schema))
        .build();
  }

  void text(RecordConsumer row, int column, LoopRecord.Slice text) {
    row.startField(names[column], column);
    row.addBinary(Binary.fromReusedByteArray(text.bytes, text.start, text.length));
    row.endField(names[column], column);
  }

  void text(RecordConsumer row, int column, Binary text) {
    row.startField(names[column], column);
    row.addBinary(text);
    row.endField(names[column], column);
  }

  void number(RecordConsumer row, int column, long number) {
    row.startField(names[column], column);
    row.addLong(number);
    row.endField(names[column], column);
  }

  void smallNumber(RecordConsumer row, int column, int number) {
    row.startField(names[column], column);
    row.addInteger(number);
    row.endField(names[column], column);
  }

  void fraction(RecordConsumer row, int column, double number) {
    row.startField(names[column], column);
    row.addDouble(number);
    row.endField(names[column], column);
  }

  void truth(RecordConsumer row, int column, boolean truth) {
    row.startField(names[column], column);
    row.addBoolean(truth);
    row.endField(names[column], column);
  }

  /** A list of texts, or pairs of them. */
  void texts(RecordConsumer row, int column, String group, LoopRecord.Slice[] texts, int count) {
    boolean pairs = group.equals("key_value");
    row.startField(names[column], column);
    row.startGroup();
    if (count > 0) {
      row.startField(group, 0);
      for (int i = 0; i < count; i += pairs ? 2 : 1) {
        row.startGroup();
        element(row, pairs ? "key" : "element", 0, texts[i]);
        if (pairs) {
          element(row, "value", 1, texts[i + 1]);
        }
        row.endGroup();
      }
      row.endField(group, 0);
    }
    row.endGroup();
    row.endField(names[column], column);
  }

  private static void element(RecordConsumer row, String name, int index, LoopRecord.Slice text) {
    row.startField(name, index);
    row.addBinary(Binary.fromReusedByteArray(text.bytes, text.start, text.length));
    row.endField(name, index);
  }

  @Override
  public void close() throws IOException {
    for (ParquetWriter<?> writer : days.values()) {
      writer.close();
    }
  }

  private static final class Builder
      extends ParquetWriter.Builder<Consumer<RecordConsumer>, Builder> {
    private final MessageType schema;

    Builder(OutputFile file, MessageType schema) {
      super(file);
      this.schema = schema;
    }

    @Override
    protected Builder self() {
      return this;
    }

    // Both are abstract still, and Parquet's newer form is made from this one.
    @SuppressWarnings("deprecation")
    @Override
    protected WriteSupport<Consumer<RecordConsumer>> getWriteSupport(Configuration configuration) {
      return new Support(schema);
    }
  }

  private static final class Support extends WriteSupport<Consumer<RecordConsumer>> {
    private final MessageType schema;
    private RecordConsumer consumer;

    Support(MessageType schema) {
      this.schema = schema;
    }

    @SuppressWarnings("deprecation")
    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema, Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Consumer<RecordConsumer> row) {
      consumer.startMessage();
      row.accept(consumer);
      consumer.endMessage();
    }
  }
}
