package io.plotpalette.stream.lake;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.parquet.bytes.ByteBufferAllocator;

/**
 * The column buffers of one Parquet file, used again from page to page: filling fresh ones with
 * zeros was a twentieth of the job's processor time. It keeps what the file held of each size at
 * its fullest, which Parquet's own limits do not count, and goes with the file's writer; not for
 * several threads.
 */
final class BufferPool implements ByteBufferAllocator {
  /** Larger ones are rare: a page is closed at 1 MB. */
  private static final int LARGEST_LOG2 = 20;

  /** What is free, by the power of two that is its length. */
  private final List<Deque<byte[]>> free = new ArrayList<>();

  /** By buffer, so that one released twice, or not of this pool, cannot be given to two columns. */
  private final IdentityHashMap<ByteBuffer, byte[]> lent = new IdentityHashMap<>();

  BufferPool() {
    for (int log2 = 0; log2 <= LARGEST_LOG2; log2++) {
      free.add(new ArrayDeque<>());
    }
  }

  @Override
  public ByteBuffer allocate(int size) {
    int log2 = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(size, 1) - 1);
    if (log2 > LARGEST_LOG2) {
      return ByteBuffer.allocate(size);
    }
    byte[] bytes = free.get(log2).pollLast();
    if (bytes == null) {
      bytes = new byte[1 << log2];
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).slice(0, size);
    lent.put(buffer, bytes);
    return buffer;
  }

  @Override
  public void release(ByteBuffer buffer) {
    byte[] bytes = lent.remove(buffer);
    if (bytes != null) {
      free.get(Integer.numberOfTrailingZeros(bytes.length)).addLast(bytes);
    }
  }

  @Override
  public boolean isDirect() {
    return false;
  }
}
