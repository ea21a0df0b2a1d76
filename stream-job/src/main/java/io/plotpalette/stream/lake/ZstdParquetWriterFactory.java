package io.plotpalette.stream.lake;

import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Parquet files of one lake table, compressed with zstd, lists in the standard three levels. */
final class ZstdParquetWriterFactory<T> implements BulkWriter.Factory<T> {
  private static final long serialVersionUID = 1L;

  private final LakeTable table;
  private final SerializableRowMapper<T> toRow;

  ZstdParquetWriterFactory(LakeTable table, SerializableRowMapper<T> toRow) {
    this.table = table;
    this.toRow = toRow;
  }

  @Override
  public BulkWriter<T> create(FSDataOutputStream stream) throws IOException {
    Schema schema = new Schema.Parser().parse(table.avroSchema());
    BulkWriter<GenericRecord> rows =
        new ParquetWriterFactory<GenericRecord>(
                out -> {
                  Configuration conf = new Configuration(false);
                  conf.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
                  return AvroParquetWriter.<GenericRecord>builder(out)
                      .withSchema(schema)
                      .withDataModel(GenericData.get())
                      .withCompressionCodec(CompressionCodecName.ZSTD)
                      .withConf(conf)
                      .build();
                })
            .create(stream);
    return new RowWriter<>(schema, toRow, rows);
  }

  private record RowWriter<T>(
      Schema schema, SerializableRowMapper<T> toRow, BulkWriter<GenericRecord> rows)
      implements BulkWriter<T> {
    @Override
    public void addElement(T element) throws IOException {
      rows.addElement(toRow.row(schema, element));
    }

    @Override
    public void flush() throws IOException {
      rows.flush();
    }

    @Override
    public void finish() throws IOException {
      rows.finish();
    }
  }
}
