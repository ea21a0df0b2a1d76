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

  /** A line that was added, and where its bytes are among others. */
  record Line(Place place, int offset, int length) {}

  /** Decides between two lines of one record that are not equal. */
  @FunctionalInterface
  interface Choice {
    /** The one that counts, whichever comes first; the array is overwritten afterwards. */
    Line of(long index, byte[] bytes, Line one, Line another) throws IOException;
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
   * @param choice between lines of one record
   * @return lines that were left out because another line of their record counts
   */
  long drain(Choice choice, RecordConsumer consumer) throws IOException {
    closeBuckets();
    long repeated = 0;
    for (int i = 0; i < files.length; i++) {
      if (files[i] != null) {
        long start = from + i * width;
        long end = i == files.length - 1 ? to : start + width;
        repeated += drain(files[i], start, end, choice, consumer);
        Files.delete(files[i]);
      }
    }
    return repeated;
  }

  private long drain(Path file, long start, long end, Choice choice, RecordConsumer consumer)
      throws IOException {
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
        return smaller.drain(choice, consumer);
      }
    } else if (size > Integer.MAX_VALUE - 8) {
      throw new InvalidOutputsException("record " + start + " is longer than 2 GB");
    } else {
      return sort(Files.readAllBytes(file), start, choice, consumer);
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

  private static long sort(byte[] bytes, long start, Choice choice, RecordConsumer consumer)
      throws IOException {
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
    long repeated = 0;
    for (int i = 0; i < count; ) {
      long index = buffer.getLong((int) positions[i]);
      Line counts = line(buffer, (int) positions[i]);
      for (i++; i < count && buffer.getLong((int) positions[i]) == index; i++) {
        Line another = line(buffer, (int) positions[i]);
        counts =
            areEqual(bytes, counts, another) ? counts : choice.of(index, bytes, counts, another);
        repeated++;
      }
      consumer.accept(index, counts.place(), bytes, counts.offset(), counts.length());
    }
    return repeated;
  }

  private static Line line(ByteBuffer buffer, int at) {
    int place = at + Long.BYTES;
    return new Line(
        new Place(buffer.getInt(place), buffer.getInt(place + Integer.BYTES)),
        at + HEADER_BYTES,
        buffer.getInt(at + HEADER_BYTES - Integer.BYTES));
  }

  private static boolean areEqual(byte[] bytes, Line one, Line another) {
    return Arrays.equals(
        bytes,
        one.offset(),
        one.offset() + one.length(),
        bytes,
        another.offset(),
        another.offset() + another.length());
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
