package io.plotpalette.generator.export;

import io.plotpalette.generator.export.CommittedFile.Written;
import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.core.fs.Path;

/** The same rows in every format, a file each. */
final class DatasetFiles implements AutoCloseable {
  private final List<Open> files = new ArrayList<>();
  private long rows;

  private record Open(ExportFormat format, String key, CommittedFile file, DatasetWriter writer) {}

  /**
   * Starts the files.
   *
   * @param key of the file of a format, below {@code root}
   */
  DatasetFiles(
      List<ExportFormat> formats,
      List<Column> columns,
      Path root,
      Function<ExportFormat, String> key,
      long bufferBytes)
      throws IOException {
    try {
      for (ExportFormat format : formats) {
        CommittedFile file = CommittedFile.create(new Path(root, key.apply(format)));
        files.add(new Open(format, key.apply(format), file, null));
        DatasetWriter writer = DatasetWriter.open(format, columns, file, bufferBytes);
        files.set(files.size() - 1, new Open(format, key.apply(format), file, writer));
      }
    } catch (IOException | RuntimeException e) {
      try (this) {
        throw e;
      }
    }
  }

  void write(Object[] row) throws IOException {
    for (Open open : files) {
      open.writer().write(row);
    }
    rows++;
  }

  /**
   * Commits one file after the other.
   *
   * @param afterEach is told of each
   */
  List<ExportedFile> commit(Runnable afterEach) throws IOException {
    List<ExportedFile> exported = new ArrayList<>();
    for (Open open : files) {
      open.writer().finish();
      Written written = open.file().commit();
      exported.add(
          new ExportedFile(
              open.format().wireName(), open.key(), written.bytes(), written.sha256(), rows));
      afterEach.run();
    }
    return exported;
  }

  @Override
  public void close() throws IOException {
    IOException first = null;
    for (Open open : files) {
      try {
        open.file().close();
      } catch (IOException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
