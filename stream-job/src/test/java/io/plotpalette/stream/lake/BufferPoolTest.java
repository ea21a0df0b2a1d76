package io.plotpalette.stream.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

// Which array a buffer has is what this is about.
@SuppressWarnings("ByteBufferBackingArray")
class BufferPoolTest {
  private final BufferPool pool = new BufferPool();

  @Test
  void aReleasedBufferIsUsedAgainForOneOfAboutItsSize() {
    ByteBuffer first = pool.allocate(1000);
    pool.release(first);

    ByteBuffer second = pool.allocate(600);

    assertThat(second.array()).isSameAs(first.array());
    assertThat(second.capacity()).isEqualTo(600);
    assertThat(second.remaining()).isEqualTo(600);
  }

  @Test
  void buffersInUseAreApart() {
    ByteBuffer first = pool.allocate(1000);

    assertThat(pool.allocate(1000).array()).isNotSameAs(first.array());
  }

  @Test
  void aBufferReleasedTwiceIsLentOnce() {
    ByteBuffer buffer = pool.allocate(1000);
    pool.release(buffer);
    ByteBuffer second = pool.allocate(1000);
    pool.release(buffer);

    assertThat(pool.allocate(1000).array()).isNotSameAs(second.array());
  }

  @Test
  void foreignBuffersAreNotTakenIn() {
    ByteBuffer foreign = ByteBuffer.allocate(1024);
    pool.release(foreign);

    assertThat(pool.allocate(1024).array()).isNotSameAs(foreign.array());
  }

  @Test
  void sizesAtTheEdges() {
    for (int size : new int[] {0, 1, 2, 1 << 20, (1 << 20) + 1}) {
      ByteBuffer buffer = pool.allocate(size);
      assertThat(buffer.capacity()).isEqualTo(size);
      pool.release(buffer);
    }
  }
}
