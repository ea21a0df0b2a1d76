package io.plotpalette.stream.lake;

import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Parquet files of one lake table. */
final class LakeTableWriterFactory<T> implements BulkWriter.Factory<T> {
  private static final long serialVersionUID = 1L;

  private final LakeTable table;
  private final RowMapper<T> mapper;

  LakeTableWriterFactory(LakeTable table, RowMapper<T> mapper) {
    this.table = table;
    this.mapper = mapper;
  }

  @Override
  public BulkWriter<T> create(FSDataOutputStream stream) throws IOException {
    return new ParquetWriterFactory<T>(
            file -> LakeEncoding.applyTo(new Builder<>(file, new Support<>(table, mapper))).build())
        .create(stream);
  }

  private static final class Builder<T> extends ParquetWriter.Builder<T, Builder<T>> {
    private final WriteSupport<T> support;

    Builder(OutputFile file, WriteSupport<T> support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder<T> self() {
      return this;
    }

    // Both are abstract still, and Parquet's newer form is made from this one.
    @SuppressWarnings("deprecation")
    @Override
    protected WriteSupport<T> getWriteSupport(Configuration configuration) {
      return support;
    }
  }

  private static final class Support<T> extends WriteSupport<T> {
    private final LakeTable table;
    private final RowMapper<T> mapper;
    private MessageType schema;
    private ColumnWriter row;

    Support(LakeTable table, RowMapper<T> mapper) {
      this.table = table;
      this.mapper = mapper;
    }

    @SuppressWarnings("deprecation")
    @Override
    public WriteContext init(Configuration configuration) {
      Schema avro = new Schema.Parser().parse(table.avroSchema());
      schema = new AvroSchemaConverter(configuration).convert(avro);
      return new WriteContext(schema, Map.of("parquet.avro.schema", avro.toString()));
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      row = new ColumnWriter(consumer, schema);
    }

    @Override
    public void write(T element) {
      row.startRow();
      mapper.write(element, row);
      row.endRow();
    }
  }
}
