package io.plotpalette.stream.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.bytes.TrackingByteBufferAllocator;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeEncodingTest {
  private static final int ROWS = 100_000;
  private static final Schema SCHEMA =
      SchemaBuilder.record("row")
          .fields()
          .requiredString("change_id")
          .requiredString("user_id")
          .requiredLong("changed_at")
          .optionalString("title")
          .endRecord();

  @TempDir private Path folder;

  /** The allocator in front throws at what is released twice or not at all. */
  @Test
  void buffersUsedAgainOverManyPagesAndRowGroupsHoldWhatWasWritten() throws IOException {
    Path file = folder.resolve("rows.parquet");
    try (TrackingByteBufferAllocator allocator =
            TrackingByteBufferAllocator.wrap(new BufferPool());
        ParquetWriter<GenericRecord> rows =
            LakeEncoding.applyTo(
                    AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
                        .withSchema(SCHEMA)
                        .withDataModel(GenericData.get()))
                .withRowGroupSize(2L << 20)
                .withAllocator(allocator)
                .build()) {
      for (int i = 0; i < ROWS; i++) {
        rows.write(row(i));
      }
    }

    int read = 0;
    try (ParquetReader<GenericRecord> rows =
        AvroParquetReader.<GenericRecord>builder(
                new LocalInputFile(file), new PlainParquetConfiguration())
            .withDataModel(GenericData.get())
            .build()) {
      GenericRecord row;
      while ((row = rows.read()) != null) {
        assertThat(row).hasToString(row(read).toString());
        read++;
      }
    }
    assertThat(read).isEqualTo(ROWS);
  }

  private static GenericRecord row(int i) {
    return new GenericRecordBuilder(SCHEMA)
        .set("change_id", "change " + i * 7_919L)
        .set("user_id", "user " + i % 1_000)
        .set("changed_at", i * 1_000L)
        .set("title", i % 3 == 0 ? null : "title ".repeat(i % 20) + i)
        .build();
  }
}
