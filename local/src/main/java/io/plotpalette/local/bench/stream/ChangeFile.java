package io.plotpalette.local.bench.stream;

import io.plotpalette.local.UsageException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Stream records as JSON lines, cut into blocks as large as a page of the stream, so that several
 * readers can share the file and still be at about the same time, as readers of shards are.
 *
 * @param offsets of each block's first byte, and the file's length at the end
 * @param streamMillis the latest time of the stream up to the end of each block
 * @param disorderMillis how far a record's time is behind a record's before it, at most
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; a list would box every time.
record ChangeFile(
    String path, long changes, long[] offsets, long[] streamMillis, long disorderMillis)
    implements Serializable {
  static final int BLOCK_LINES = 1_000;
  private static final byte[] TIME =
      "\"ApproximateCreationDateTime\"".getBytes(StandardCharsets.US_ASCII);

  int blocks() {
    return streamMillis.length;
  }

  long bytes() {
    return offsets[offsets.length - 1];
  }

  /** How far the watermark stays behind: the product's default, or what the file needs. */
  long boundMillis() {
    return Math.max(120_000, disorderMillis);
  }

  /** Bytes of a block. */
  int length(int block) {
    return Math.toIntExact(offsets[block + 1] - offsets[block]);
  }

  /**
   * Reads a block.
   *
   * @param buffer is used again if it is large enough
   * @return a buffer that begins with the block
   */
  byte[] read(RandomAccessFile in, int block, byte[] buffer) throws IOException {
    int length = length(block);
    byte[] enough = buffer.length < length ? new byte[length + length / 2] : buffer;
    in.seek(offsets[block]);
    in.readFully(enough, 0, length);
    return enough;
  }

  /**
   * Reads the file once.
   *
   * @throws UsageException naming the line that has no stream time
   */
  static ChangeFile index(Path file) throws IOException {
    long[] offsets = new long[1024];
    long[] times = new long[1024];
    long changes = 0;
    long offset = 0;
    long latest = Long.MIN_VALUE;
    long disorder = 0;
    int blocks = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      LineReader lines = new LineReader(in);
      while (lines.next()) {
        if (changes % BLOCK_LINES == 0) {
          if (blocks + 1 == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * blocks + 2);
            times = Arrays.copyOf(times, 2 * blocks + 2);
          }
          offsets[blocks++] = offset;
        }
        changes++;
        offset = lines.offset;
        long time = streamMillis(file, changes, lines);
        disorder = latest > time ? Math.max(disorder, latest - time) : disorder;
        latest = Math.max(latest, time);
        times[blocks - 1] = latest;
      }
    }
    if (blocks == 0) {
      throw new UsageException(file + " has no stream record.");
    }
    offsets[blocks] = offset;
    return new ChangeFile(
        file.toString(),
        changes,
        Arrays.copyOf(offsets, blocks + 1),
        Arrays.copyOf(times, blocks),
        disorder);
  }

  private static long streamMillis(Path file, long number, LineReader line) {
    byte[] bytes = line.buffer;
    int at = behindName(bytes, line.start, line.end);
    if (at < 0) {
      throw new UsageException(
          "%s, line %d: no dynamodb.ApproximateCreationDateTime. Give stream records as JSON lines."
              .formatted(file, number));
    }
    while (at < line.end && (bytes[at] < '0' || bytes[at] > '9')) {
      at++;
    }
    long millis = 0;
    while (at < line.end && bytes[at] >= '0' && bytes[at] <= '9') {
      millis = 10 * millis + (bytes[at++] - '0');
    }
    return millis;
  }

  /** Behind the name of the stream's time, or -1. */
  private static int behindName(byte[] bytes, int start, int end) {
    for (int i = start; i <= end - TIME.length; i++) {
      if (bytes[i] == '"' && Arrays.equals(bytes, i, i + TIME.length, TIME, 0, TIME.length)) {
        return i + TIME.length;
      }
    }
    return -1;
  }

  /** Lines in one buffer, without an object each. */
  private static final class LineReader {
    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private int filled;

    /** Of the byte behind the line in the file. */
    private long offset;

    LineReader(InputStream in) {
      this.in = in;
    }

    /** Takes the next line, if there is one. */
    boolean next() throws IOException {
      start = end;
      int at = start;
      while (true) {
        for (; at < filled; at++) {
          if (buffer[at] == '\n') {
            return take(at + 1);
          }
        }
        if (start > 0) {
          System.arraycopy(buffer, start, buffer, 0, filled - start);
          filled -= start;
          at -= start;
          start = 0;
        } else if (filled == buffer.length) {
          buffer = Arrays.copyOf(buffer, 2 * filled);
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
          return filled > start && take(filled);
        }
        filled += read;
      }
    }

    private boolean take(int lineEnd) {
      end = lineEnd;
      offset += end - start;
      return true;
    }
  }
}
