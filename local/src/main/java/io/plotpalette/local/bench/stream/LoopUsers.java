package io.plotpalette.local.bench.stream;

import io.plotpalette.local.bench.stream.LoopRecord.Slice;
import java.util.Arrays;
import org.apache.parquet.io.api.Binary;

/** Numbers for user ids, found by their bytes without making an object. */
final class LoopUsers {
  private int[] slots = new int[1 << 15];
  private byte[][] ids = new byte[1 << 14][];
  private Binary[] values = new Binary[1 << 14];
  private int size;

  int number(Slice id) {
    int mask = slots.length - 1;
    int slot = hash(id.bytes, id.start, id.length) & mask;
    while (slots[slot] != 0) {
      if (id.is(ids[slots[slot] - 1])) {
        return slots[slot] - 1;
      }
      slot = (slot + 1) & mask;
    }
    if (size == ids.length) {
      grow();
      return number(id);
    }
    byte[] copy = Arrays.copyOfRange(id.bytes, id.start, id.start + id.length);
    ids[size] = copy;
    values[size] = Binary.fromConstantByteArray(copy);
    slots[slot] = ++size;
    return size - 1;
  }

  Binary id(int number) {
    return values[number];
  }

  private void grow() {
    ids = Arrays.copyOf(ids, 2 * size);
    values = Arrays.copyOf(values, 2 * size);
    slots = new int[4 * size];
    int mask = slots.length - 1;
    for (int number = 0; number < size; number++) {
      int slot = hash(ids[number], 0, ids[number].length) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = number + 1;
    }
  }

  private static int hash(byte[] bytes, int start, int length) {
    int hash = 1;
    for (int i = start; i < start + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ (hash >>> 15);
  }
}
