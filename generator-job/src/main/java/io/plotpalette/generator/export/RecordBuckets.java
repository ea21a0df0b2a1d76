package io.plotpalette.generator.export;

import io.plotpalette.generator.export.CommittedLines.Place;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Puts records in the order of their index on a local disk: each goes into the file of its range of
 * indexes, and each file is sorted in memory. A range that has grown too long for memory, because
 * its records are long or the others are missing, is cut into smaller ones first.
 */
final class RecordBuckets implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int MAX_BUCKETS = 512;

  /** Index, file, line, length. */
  private static final int HEADER_BYTES = Long.BYTES + 3 * Integer.BYTES;

  private final Path folder;
  private final long bucketBytes;
  private final long from;
  private final long to;
  private final long width;
  private final Path[] files;
  private final DataOutputStream[] buckets;

  /** What is done with a record; the array is overwritten afterwards. */
  @FunctionalInterface
  interface RecordConsumer {
    void accept(long index, Place place, byte[] bytes, int offset, int length) throws IOException;
  }

  /** A record that is there twice. */
  static final class TwiceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long index;
    private final transient Place first;
    private final transient Place second;

    TwiceException(long index, Place first, Place second) {
      super("record " + index + " is there twice");
      this.index = index;
      this.first = first;
      this.second = second;
    }

    long index() {
      return index;
    }

    Place first() {
      return first;
    }

    Place second() {
      return second;
    }
  }

  /**
   * Makes one for the indexes from {@code from} to before {@code to}.
   *
   * @param folder empty or missing
   * @param likely how many indexes from {@code from} on most records will have: a job that stops
   *     early has only the first
   * @param expectedBytes of all records together
   * @param bucketBytes most that is sorted in memory at once, but for a single record
   */
  RecordBuckets(Path folder, long from, long to, long likely, long expectedBytes, long bucketBytes)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.bucketBytes = bucketBytes;
    this.from = from;
    this.to = to;
    // Half full on average, so that a little unevenness does not cost another pass.
    long wanted = Math.min(MAX_BUCKETS, expectedBytes / (bucketBytes / 2) + 1);
    this.width = Math.max(1, (likely + wanted - 1) / wanted);
    // The last takes whatever is beyond.
    this.files = new Path[(int) wanted];
    this.buckets = new DataOutputStream[(int) wanted];
  }

  void add(long index, Place place, byte[] bytes, int offset, int length) throws IOException {
    int at = (int) Math.min(buckets.length - 1, (index - from) / width);
    if (buckets[at] == null) {
      files[at] = folder.resolve("bucket-" + at);
      buckets[at] =
          new DataOutputStream(
              new BufferedOutputStream(Files.newOutputStream(files[at]), BUFFER_BYTES));
    }
    DataOutputStream bucket = buckets[at];
    bucket.writeLong(index);
    bucket.writeInt(place.file());
    bucket.writeInt(place.line());
    bucket.writeInt(length);
    bucket.write(bytes, offset, length);
  }

  /**
   * Hands out every record in order, once, and deletes what it has handed out.
   *
   * @throws TwiceException if an index was added twice
   */
  void drain(RecordConsumer consumer) throws IOException {
    closeBuckets();
    for (int i = 0; i < files.length; i++) {
      if (files[i] != null) {
        long start = from + i * width;
        drain(files[i], start, i == files.length - 1 ? to : start + width, consumer);
        Files.delete(files[i]);
      }
    }
  }

  private void drain(Path file, long start, long end, RecordConsumer consumer) throws IOException {
    long size = Files.size(file);
    if (size > bucketBytes && end - start > 1) {
      try (RecordBuckets smaller =
          new RecordBuckets(
              file.resolveSibling(file.getFileName() + "-cut"),
              start,
              end,
              end - start,
              size,
              bucketBytes)) {
        split(file, smaller);
        smaller.drain(consumer);
      }
    } else if (size > Integer.MAX_VALUE - 8) {
      throw new InvalidOutputsException("record " + start + " is longer than 2 GB");
    } else {
      sort(Files.readAllBytes(file), start, consumer);
    }
  }

  private static void split(Path file, RecordBuckets smaller) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
      byte[] record = new byte[BUFFER_BYTES];
      long left = Files.size(file);
      while (left > 0) {
        long index = in.readLong();
        Place place = new Place(in.readInt(), in.readInt());
        int length = in.readInt();
        if (length > record.length) {
          record = new byte[length];
        }
        in.readFully(record, 0, length);
        smaller.add(index, place, record, 0, length);
        left -= HEADER_BYTES + length;
      }
    }
  }

  private static void sort(byte[] bytes, long start, RecordConsumer consumer) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    // Index above, position below: a job has fewer than 2^31 records.
    long[] positions = new long[64];
    int count = 0;
    for (int at = 0; at < bytes.length; ) {
      if (count == positions.length) {
        positions = Arrays.copyOf(positions, count * 2);
      }
      long relative = buffer.getLong(at) - start;
      positions[count++] = (relative << 32) | at;
      at += HEADER_BYTES + buffer.getInt(at + HEADER_BYTES - Integer.BYTES);
    }
    Arrays.sort(positions, 0, count);
    long previous = -1;
    Place previousPlace = null;
    for (int i = 0; i < count; i++) {
      int at = (int) positions[i];
      long index = buffer.getLong(at);
      Place place =
          new Place(buffer.getInt(at + Long.BYTES), buffer.getInt(at + Long.BYTES + Integer.BYTES));
      if (index == previous) {
        throw new TwiceException(index, previousPlace, place);
      }
      int length = buffer.getInt(at + HEADER_BYTES - Integer.BYTES);
      consumer.accept(index, place, bytes, at + HEADER_BYTES, length);
      previous = index;
      previousPlace = place;
    }
  }

  private void closeBuckets() throws IOException {
    for (int i = 0; i < buckets.length; i++) {
      if (buckets[i] != null) {
        buckets[i].close();
        buckets[i] = null;
      }
    }
  }

  @Override
  public void close() throws IOException {
    closeBuckets();
    for (Path file : files) {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
