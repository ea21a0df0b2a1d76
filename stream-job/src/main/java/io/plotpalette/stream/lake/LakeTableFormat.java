package io.plotpalette.stream.lake;

import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.reader.StreamFormat;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Reads a lake table's files with today's schema. Flink's own format for this wants HDFS on the
 * class path, and lets Avro records travel.
 */
final class LakeTableFormat<T> implements StreamFormat<T> {
  private static final long serialVersionUID = 1L;

  /** As AvroReadSupport names it, whose constant is private and whose setter wants Hadoop. */
  private static final String READ_SCHEMA = "parquet.avro.read.schema";

  private final LakeTable table;
  private final SerializableFunction<GenericRecord, T> mapper;
  private final TypeInformation<T> type;

  LakeTableFormat(
      LakeTable table, SerializableFunction<GenericRecord, T> mapper, TypeInformation<T> type) {
    this.table = table;
    this.mapper = mapper;
    this.type = type;
  }

  @Override
  public Reader<T> createReader(
      Configuration config, FSDataInputStream stream, long fileLength, long splitEnd)
      throws IOException {
    PlainParquetConfiguration configuration = new PlainParquetConfiguration();
    configuration.set(READ_SCHEMA, new Schema.Parser().parse(table.avroSchema()).toString());
    ParquetReader<GenericRecord> rows =
        AvroParquetReader.<GenericRecord>builder(new OneFile(stream, fileLength), configuration)
            .withDataModel(GenericData.get())
            .build();
    return new Rows<>(rows, mapper);
  }

  @Override
  public Reader<T> restoreReader(
      Configuration config,
      FSDataInputStream stream,
      long restoredOffset,
      long fileLength,
      long splitEnd) {
    throw new UnsupportedOperationException("Repairs run without checkpoints");
  }

  @Override
  public boolean isSplittable() {
    return false;
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return type;
  }

  private record Rows<T>(
      ParquetReader<GenericRecord> rows, SerializableFunction<GenericRecord, T> mapper)
      implements Reader<T> {
    @Override
    public T read() throws IOException {
      GenericRecord row = rows.read();
      return row == null ? null : mapper.apply(row);
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }

  private record OneFile(FSDataInputStream stream, long length) implements InputFile {
    @Override
    public long getLength() {
      return length;
    }

    @Override
    public SeekableInputStream newStream() {
      return new Seekable(stream);
    }
  }

  private static final class Seekable extends DelegatingSeekableInputStream {
    private final FSDataInputStream stream;

    Seekable(FSDataInputStream stream) {
      super(stream);
      this.stream = stream;
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }

    @Override
    public void seek(long position) throws IOException {
      stream.seek(position);
    }
  }
}
