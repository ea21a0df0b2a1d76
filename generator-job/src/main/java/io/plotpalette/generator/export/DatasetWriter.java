package io.plotpalette.generator.export;

import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.model.job.ExportFormat;
import java.io.IOException;
import java.util.List;

/** Writes rows in one format. */
interface DatasetWriter {
  void write(Object[] row) throws IOException;

  /** Writes what is left, so that the file can be committed; it does not close the file. */
  void finish() throws IOException;

  /**
   * Starts a file.
   *
   * @param bufferBytes of heap it may take, roughly
   */
  static DatasetWriter open(
      ExportFormat format, List<Column> columns, CommittedFile file, long bufferBytes)
      throws IOException {
    return switch (format) {
      case JSONL -> new JsonlWriter(columns, file);
      case CSV -> new CsvWriter(columns, file);
      case PARQUET -> new ParquetDatasetWriter(columns, file, bufferBytes);
    };
  }
}
