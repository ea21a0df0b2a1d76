package io.plotpalette.generator.export;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** The lines of a folder's committed files, as bytes. */
final class CommittedLines {
  private static final String ENDING = ".jsonl";
  private static final int BUFFER_BYTES = 64 * 1024;

  /** Longer than any record can be: ten steps of 65,536 tokens. */
  private static final int MAX_LINE_BYTES = 256 * 1024 * 1024;

  private final FileSystem fileSystem;
  private final List<FileStatus> files;

  /** What is done with a line; the array is overwritten afterwards. */
  @FunctionalInterface
  interface LineConsumer {
    void accept(Place place, byte[] bytes, int offset, int length) throws IOException;
  }

  /**
   * Where a line stands.
   *
   * @param file number of the file in {@link #name}
   * @param line from 1
   */
  record Place(int file, int line) {}

  private CommittedLines(FileSystem fileSystem, List<FileStatus> files) {
    this.fileSystem = fileSystem;
    this.files = files;
  }

  /** The files there are now; what a sink has not committed has another name. */
  static CommittedLines in(Path folder) throws IOException {
    FileSystem fileSystem = folder.getFileSystem();
    FileStatus[] found;
    try {
      found = fileSystem.listStatus(folder);
    } catch (FileNotFoundException e) {
      found = null;
    }
    // A folder that is not there has no files: a file system may say so in either way.
    List<FileStatus> files =
        found == null
            ? List.of()
            : Arrays.stream(found)
                .filter(file -> !file.isDir() && isCommitted(file.getPath().getName()))
                .sorted(Comparator.comparing(file -> file.getPath().getName()))
                .toList();
    return new CommittedLines(fileSystem, files);
  }

  private static boolean isCommitted(String name) {
    return name.endsWith(ENDING) && !name.startsWith(".") && !name.startsWith("_");
  }

  long bytes() {
    return files.stream().mapToLong(FileStatus::getLen).sum();
  }

  /** For messages: the file's name and the number of the line. */
  String name(Place place) {
    return files.get(place.file()).getPath().getName() + " line " + place.line();
  }

  void forEach(LineConsumer consumer) throws IOException {
    for (int file = 0; file < files.size(); file++) {
      try (InputStream in = fileSystem.open(files.get(file).getPath())) {
        forEachOf(file, in, consumer);
      }
    }
  }

  private void forEachOf(int file, InputStream in, LineConsumer consumer) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    int start = 0;
    int end = 0;
    int line = 1;
    while (true) {
      if (end == buffer.length) {
        if (start > 0) {
          System.arraycopy(buffer, start, buffer, 0, end - start);
          end -= start;
          start = 0;
        } else if (buffer.length >= MAX_LINE_BYTES) {
          throw new InvalidOutputsException(
              name(new Place(file, line)) + " is longer than " + MAX_LINE_BYTES + " bytes");
        } else {
          buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
      }
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        break;
      }
      int scanned = end;
      end += read;
      for (int i = scanned; i < end; i++) {
        if (buffer[i] == '\n') {
          consumer.accept(new Place(file, line), buffer, start, i - start);
          start = i + 1;
          line++;
        }
      }
    }
    if (start < end) {
      throw new InvalidOutputsException(
          name(new Place(file, line)) + " is cut off: it does not end with a line feed");
    }
  }
}
