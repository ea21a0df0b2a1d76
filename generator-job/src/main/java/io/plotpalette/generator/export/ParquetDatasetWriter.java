package io.plotpalette.generator.export;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;

import io.plotpalette.generator.export.DatasetColumns.Column;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** Parquet with zstd; JSON is a text, since not every reader knows the type. */
final class ParquetDatasetWriter implements DatasetWriter {
  private final ParquetWriter<Object[]> writer;

  /**
   * @param rowGroupBytes kept in memory until they are written
   */
  ParquetDatasetWriter(List<Column> columns, CommittedFile file, long rowGroupBytes)
      throws IOException {
    this.writer =
        new Builder(new StreamedFile(file), columns)
            .withConf(new Configuration(false))
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(rowGroupBytes)
            .build();
  }

  @Override
  public void write(Object[] row) throws IOException {
    writer.write(row);
  }

  @Override
  public void finish() throws IOException {
    writer.close();
  }

  private static MessageType schema(List<Column> columns) {
    Types.MessageTypeBuilder schema = Types.buildMessage();
    columns.forEach(column -> schema.addField(type(column)));
    return schema.named("dataset");
  }

  private static PrimitiveType type(Column column) {
    Repetition repetition = column.optional() ? Repetition.OPTIONAL : Repetition.REQUIRED;
    return switch (column.type()) {
      case TEXT, JSON ->
          Types.primitive(PrimitiveTypeName.BINARY, repetition)
              .as(stringType())
              .named(column.name());
      case INTEGER -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(column.name());
      case NUMBER -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(column.name());
      case BOOLEAN -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition).named(column.name());
      // Not adjusted to UTC: as everywhere in the lake, a reader's time zone must not move it.
      case TIME ->
          Types.primitive(PrimitiveTypeName.INT64, repetition)
              .as(timestampType(false, TimeUnit.MILLIS))
              .named(column.name());
    };
  }

  private static final class Builder extends ParquetWriter.Builder<Object[], Builder> {
    private final WriteSupport<Object[]> support;

    Builder(OutputFile file, List<Column> columns) {
      super(file);
      this.support = new RowSupport(columns);
    }

    @Override
    protected Builder self() {
      return this;
    }

    // Both are abstract still, and Parquet's newer form is made from this one.
    @SuppressWarnings("deprecation")
    @Override
    protected WriteSupport<Object[]> getWriteSupport(Configuration configuration) {
      return support;
    }
  }

  private static final class RowSupport extends WriteSupport<Object[]> {
    private final List<Column> columns;
    private RecordConsumer consumer;

    RowSupport(List<Column> columns) {
      this.columns = columns;
    }

    @SuppressWarnings("deprecation")
    @Override
    public WriteContext init(Configuration configuration) {
      return new WriteContext(schema(columns), Map.of());
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      consumer = recordConsumer;
    }

    @Override
    public void write(Object[] row) {
      consumer.startMessage();
      for (int i = 0; i < row.length; i++) {
        if (row[i] != null) {
          consumer.startField(columns.get(i).name(), i);
          writeValue(columns.get(i), row[i]);
          consumer.endField(columns.get(i).name(), i);
        }
      }
      consumer.endMessage();
    }

    private void writeValue(Column column, Object value) {
      switch (column.type()) {
        case TEXT, JSON -> consumer.addBinary(Binary.fromString((String) value));
        case INTEGER -> consumer.addLong((Long) value);
        case NUMBER -> consumer.addDouble((Double) value);
        case BOOLEAN -> consumer.addBoolean((Boolean) value);
        case TIME -> consumer.addLong(((Instant) value).toEpochMilli());
      }
    }
  }

  /** A committed file as Parquet sees it; closing it is left to the one who commits. */
  private record StreamedFile(CommittedFile file) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new PositionOutputStream() {
        @Override
        public long getPos() {
          return file.position();
        }

        @Override
        public void write(int b) throws IOException {
          file.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          file.write(bytes, offset, length);
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
