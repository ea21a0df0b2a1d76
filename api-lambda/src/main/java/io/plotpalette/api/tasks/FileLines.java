package io.plotpalette.api.tasks;

import io.plotpalette.api.TransferBucket;
import java.util.Arrays;
import java.util.Optional;

/** The lines of a file in the bucket, read range by range, so that memory holds one range. */
final class FileLines {
  /** Of one line, in bytes; the largest task is a third of that. */
  static final int MAX_LINE = 256_000;

  private final TransferBucket files;
  private final String key;
  private final long size;
  private final int range;

  /** Where {@code bytes} begins in the file. */
  private long start;

  private byte[] bytes = {};

  /** Of the next line, within {@code bytes}. */
  private int position;

  /**
   * Reads from a place in the file, which is the beginning of a line.
   *
   * @param size of the file, in bytes
   * @param range how much to read at once, in bytes; more than a line
   */
  FileLines(TransferBucket files, String key, long size, int range, long from) {
    this.files = files;
    this.key = key;
    this.size = size;
    this.range = range;
    this.start = from;
  }

  /**
   * A line without its line break.
   *
   * @param bytes empty when the line is longer than {@link #MAX_LINE}
   * @param end where the next one begins in the file
   */
  record Line(Optional<byte[]> bytes, long end) {}

  /** The next line; empty at the end of the file. */
  Optional<Line> next() {
    long lineStart = start + position;
    if (lineStart >= size) {
      return Optional.empty();
    }
    int searched = position;
    while (true) {
      for (int i = searched; i < bytes.length; i++) {
        if (bytes[i] == '\n') {
          return Optional.of(line(lineStart, i, i + 1));
        }
      }
      if (start + bytes.length >= size) {
        return Optional.of(line(lineStart, bytes.length, bytes.length));
      }
      searched = readMore();
    }
  }

  private Line line(long lineStart, int end, int next) {
    Line line;
    long length = start + end - lineStart;
    if (length > MAX_LINE) {
      line = new Line(Optional.empty(), start + next);
    } else {
      line = new Line(Optional.of(Arrays.copyOfRange(bytes, position, end)), start + next);
    }
    position = next;
    return line;
  }

  /** Drops what is read, but for the beginning of this line; returns where the new bytes begin. */
  private int readMore() {
    int kept = Math.min(bytes.length - position, MAX_LINE + 1);
    // Of a line that is too long anyway, its first bytes are not needed.
    long keptFrom = start + bytes.length - kept;
    long from = start + bytes.length;
    byte[] more = files.read(key, from, (int) Math.min(range, size - from));
    byte[] joined = new byte[kept + more.length];
    System.arraycopy(bytes, bytes.length - kept, joined, 0, kept);
    System.arraycopy(more, 0, joined, kept, more.length);
    start = keptFrom;
    bytes = joined;
    position = 0;
    return kept;
  }
}
