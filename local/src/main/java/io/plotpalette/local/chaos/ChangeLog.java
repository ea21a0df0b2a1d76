package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.MappingIterator;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The acknowledged changes as a file of JSON lines. Safe for several writing threads. */
final class ChangeLog implements AutoCloseable {
  private final Path file;
  private final BufferedWriter out;
  private long size;

  /** Begins an empty log. */
  ChangeLog(Path file) throws IOException {
    this.file = file;
    this.out = Files.newBufferedWriter(file);
  }

  void add(LoggedChange change) throws IOException {
    String line = LoggedChange.JSON.writeValueAsString(change);
    synchronized (this) {
      out.write(line);
      out.newLine();
      size++;
    }
  }

  synchronized long size() {
    return size;
  }

  /** The file with everything added so far in it. */
  synchronized Path written() throws IOException {
    out.flush();
    return file;
  }

  /** Reads a log from its beginning. */
  static MappingIterator<LoggedChange> read(Path file) throws IOException {
    return LoggedChange.JSON.readerFor(LoggedChange.class).readValues(file.toFile());
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
