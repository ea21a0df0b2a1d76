package io.plotpalette.generator.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Finds records that are much like an earlier one that was kept. MinHash: 128 hashes of 16 bits a
 * record, whose share of agreement estimates the Jaccard similarity of the two sets of word
 * triples, with a standard error of at most 0.044. Only records that agree in all hashes of one
 * band are compared; the bands are laid so that a pair at the threshold is missed in less than one
 * case in a hundred.
 *
 * <p>State is in a file that is mapped into memory, none of it on the heap: {@link #bytesPerRecord}
 * for each record kept, 0.5 kB at the default threshold and never more than 1.9 kB. Beyond {@link
 * #MAX_REMEMBERED} records, later ones are compared and no longer remembered.
 */
final class NearDuplicates implements AutoCloseable {
  static final int HASHES = 128;
  static final int MAX_REMEMBERED = 4_000_000;

  /** Of those that share a band, so that what many records have in common costs no more. */
  private static final int MAX_COMPARED_PER_BAND = 64;

  private static final double MAX_MISSED = 0.01;

  private final double threshold;
  private final int rows;
  private final int bands;
  private final int capacity;
  private final int slots;
  private final long[] factors = new long[HASHES];
  private final long[] offsets = new long[HASHES];
  private final Shingles shingles = new Shingles();
  private final short[] signature = new short[HASHES];
  private final Path file;
  private final FileChannel channel;
  private final LongBuffer indexes;
  private final ShortBuffer signatures;

  /** Newest of a slot, one more than its number; 0 is none. A buffer a band. */
  private final IntBuffer[] heads;

  /** The one before it in the same slot. A buffer a band. */
  private final IntBuffer[] previous;

  private int remembered;

  /**
   * The record that is like an earlier one.
   *
   * @param index of the earlier one
   * @param similarity estimated
   */
  record Match(long index, double similarity) {}

  /**
   * Starts without any record.
   *
   * @param file for the state; must not exist
   * @param records at most so many will be kept
   */
  NearDuplicates(double threshold, long records, Path file) throws IOException {
    this.threshold = threshold;
    this.rows = rows(threshold);
    this.bands = HASHES / rows;
    this.capacity = (int) Math.max(1, Math.min(MAX_REMEMBERED, records));
    this.slots = Math.max(2, Integer.highestOneBit(capacity - 1) << 1);
    for (int i = 0; i < HASHES; i++) {
      factors[i] = Shingles.mixed(2L * i) | 1;
      offsets[i] = Shingles.mixed(2L * i + 1);
    }
    this.file = file;
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.indexes = map(8L * capacity).asLongBuffer();
    this.signatures = map(2L * HASHES * capacity).asShortBuffer();
    this.heads = new IntBuffer[bands];
    this.previous = new IntBuffer[bands];
    for (int band = 0; band < bands; band++) {
      heads[band] = map(4L * slots).asIntBuffer();
      previous[band] = map(4L * capacity).asIntBuffer();
    }
  }

  private ByteBuffer map(long bytes) throws IOException {
    return channel.map(MapMode.READ_WRITE, channel.size(), bytes);
  }

  /** Most hashes in a band with which a pair at the threshold is hardly ever missed. */
  static int rows(double threshold) {
    int rows = 1;
    while (rows < 16 && missed(threshold, rows + 1) <= MAX_MISSED) {
      rows++;
    }
    return rows;
  }

  /** How likely two records of that similarity differ in every band. */
  private static double missed(double similarity, int rows) {
    int bands = HASHES / rows;
    return Math.pow(1 - Math.pow(similarity, rows), bands);
  }

  /** Of the file, at most: a slot table is up to twice as long as the records. */
  static long bytesPerRecord(double threshold) {
    return 8L + 2L * HASHES + 12L * (HASHES / rows(threshold));
  }

  /**
   * Compares a record with those kept before it. If it is like none of them, or has no words at
   * all, it is kept itself.
   *
   * @param texts whatever is to be compared of it
   * @return the kept record it is most like, the earliest if there are several
   */
  Optional<Match> findOrKeep(long index, Iterable<String> texts) {
    texts.forEach(shingles::add);
    long[] set = shingles.take();
    if (set.length == 0) {
      return Optional.empty();
    }
    sign(set);
    int best = -1;
    int bestAgreed = -1;
    for (int band = 0; band < bands; band++) {
      int at = heads[band].get(slot(band)) - 1;
      for (int i = 0; at >= 0 && i < MAX_COMPARED_PER_BAND; i++) {
        int agreed = agreed(at);
        if (agreed > bestAgreed || (agreed == bestAgreed && at < best)) {
          best = at;
          bestAgreed = agreed;
        }
        at = previous[band].get(at) - 1;
      }
    }
    double similarity = (double) bestAgreed / HASHES;
    if (best >= 0 && similarity >= threshold) {
      return Optional.of(new Match(indexes.get(best), similarity));
    }
    remember(index);
    return Optional.empty();
  }

  private void sign(long[] set) {
    for (int i = 0; i < HASHES; i++) {
      long factor = factors[i];
      long offset = offsets[i];
      long least = Long.MAX_VALUE;
      for (long shingle : set) {
        long hash = (shingle * factor + offset) >>> 1;
        least = Math.min(least, hash);
      }
      signature[i] = (short) Shingles.mixed(least);
    }
  }

  private int slot(int band) {
    long hash = 0;
    for (int i = band * rows; i < (band + 1) * rows; i++) {
      hash = Shingles.mixed(hash + (signature[i] & 0xffff));
    }
    return (int) (hash & (slots - 1));
  }

  private int agreed(int other) {
    int start = other * HASHES;
    int agreed = 0;
    for (int i = 0; i < HASHES; i++) {
      if (signatures.get(start + i) == signature[i]) {
        agreed++;
      }
    }
    return agreed;
  }

  private void remember(long index) {
    if (remembered == capacity) {
      return;
    }
    indexes.put(remembered, index);
    int start = remembered * HASHES;
    for (int i = 0; i < HASHES; i++) {
      signatures.put(start + i, signature[i]);
    }
    for (int band = 0; band < bands; band++) {
      int slot = slot(band);
      previous[band].put(remembered, heads[band].get(slot));
      heads[band].put(slot, remembered + 1);
    }
    remembered++;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
