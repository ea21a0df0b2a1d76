package io.plotpalette.stream.lake;

import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * How values become bytes in the lake's Parquet files: zstd, and lists in the standard three
 * levels.
 */
public final class LakeEncoding {
  /**
   * Columns whose values hardly repeat. A dictionary of them grows to its limit and is given up
   * again, in every file, which took a fifth of the time of writing and saved no byte.
   */
  private static final Set<String> WITHOUT_DICTIONARY =
      Set.of(
          "change_id",
          "sequence_number",
          "task_id",
          "title",
          "description",
          "changed_at",
          "created_at",
          "updated_at",
          "completed_at",
          "due_at",
          // It repeats within its second, for which compression needs no dictionary: files of 30 s
          // are as large without one at 1 to 1,000 changes/s, and of a long time smaller.
          "stream_time",
          "lead_time_mean_s",
          "lead_time_min_s",
          "lead_time_p50_s",
          "lead_time_p95_s",
          "lead_time_max_s");

  /** Free text: no query asks for a range of it, so the least and the greatest are of no use. */
  private static final Set<String> WITHOUT_STATISTICS =
      Set.of("title", "description", "labels.list.element", "metadata.key_value.value");

  private LakeEncoding() {}

  /** Sets a writer up. */
  public static <T, B extends ParquetWriter.Builder<T, B>> B applyTo(B writer) {
    writer
        .withConf(configuration())
        .withCompressionCodec(CompressionCodecName.ZSTD)
        // Of a few hundred bytes a page, read by no engine of ours.
        .withSizeStatisticsEnabled(false)
        .withAllocator(new BufferPool());
    for (String column : WITHOUT_DICTIONARY) {
      writer.withDictionaryEncoding(column, false);
    }
    for (String column : WITHOUT_STATISTICS) {
      writer.withStatisticsEnabled(column, false);
    }
    return writer;
  }

  /** What turns an Avro schema into that of the files. */
  public static Configuration configuration() {
    Configuration configuration = new Configuration(false);
    configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
    return configuration;
  }
}
