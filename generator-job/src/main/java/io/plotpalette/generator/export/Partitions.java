package io.plotpalette.generator.export;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Records of a dataset that is split, apart on a local disk, so that the files of only one part are
 * written at once: hundreds of Parquet writers would not fit into memory.
 */
final class Partitions implements AutoCloseable {
  /**
   * Every file stands in the job's item, which has room for a few hundred. Whoever sorts into more
   * categories has them in the column.
   */
  static final int MAX = 100;

  /** Of the values that come after the first {@link #MAX}; no category has capital letters. */
  static final String OTHER = "OTHER";

  private static final int BUFFER_BYTES = 16 * 1024;

  private final Path folder;
  private final Map<String, Part> parts = new TreeMap<>();

  /** Records of one value. */
  static final class Part {
    private final Path file;
    private final DataOutputStream out;
    private long records;

    private Part(Path file) throws IOException {
      this.file = file;
      this.out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES));
    }
  }

  /** What is done with a record; the array is overwritten afterwards. */
  @FunctionalInterface
  interface LineConsumer {
    void accept(byte[] bytes, int offset, int length) throws IOException;
  }

  /** What is done with a part. */
  @FunctionalInterface
  interface PartConsumer {
    void accept(String value, Part part) throws IOException;
  }

  Partitions(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  void add(String value, byte[] bytes, int offset, int length) throws IOException {
    String name = parts.containsKey(value) || parts.size() < MAX ? value : OTHER;
    Part part = parts.get(name);
    if (part == null) {
      part = new Part(folder.resolve("part-" + parts.size()));
      parts.put(name, part);
    }
    part.out.writeInt(length);
    part.out.write(bytes, offset, length);
    part.records++;
  }

  boolean hasOther() {
    return parts.containsKey(OTHER);
  }

  /** Hands out the parts in the order of their values. */
  void forEach(PartConsumer consumer) throws IOException {
    for (Map.Entry<String, Part> part : parts.entrySet()) {
      part.getValue().out.close();
      consumer.accept(part.getKey(), part.getValue());
      Files.delete(part.getValue().file);
    }
  }

  /** Hands out the records of a part in the order in which they came. */
  static void read(Part part, LineConsumer consumer) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(part.file), BUFFER_BYTES))) {
      byte[] line = new byte[BUFFER_BYTES];
      for (long i = 0; i < part.records; i++) {
        int length = in.readInt();
        if (length > line.length) {
          line = new byte[length];
        }
        in.readFully(line, 0, length);
        consumer.accept(line, 0, length);
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Part part : parts.values()) {
      part.out.close();
      Files.deleteIfExists(part.file);
    }
    Files.deleteIfExists(folder);
  }
}
