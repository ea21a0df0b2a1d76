package io.plotpalette.local.budget;

import io.plotpalette.generator.journal.MalformedSegmentException;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentAddress;
import io.plotpalette.generator.journal.SegmentCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The call journal of one job, as bytes, with conditional puts. */
final class InMemoryJournal {
  private final Map<SegmentAddress, byte[]> items = new HashMap<>();

  /** Null if the segment was written, else what stands there. */
  Segment put(SegmentAddress address, Segment segment) {
    byte[] existing = items.putIfAbsent(address, SegmentCodec.encode(segment));
    return existing == null ? null : decode(existing);
  }

  /** All from there on. */
  List<Segment> read(SegmentAddress from) {
    List<Segment> page = new ArrayList<>();
    SegmentAddress next = from;
    while (items.containsKey(next)) {
      page.add(decode(items.get(next)));
      next = new SegmentAddress(next.bucket(), next.number() + 1);
    }
    return page;
  }

  private static Segment decode(byte[] bytes) {
    try {
      return SegmentCodec.decode(bytes);
    } catch (MalformedSegmentException e) {
      throw new AssertionError(e);
    }
  }
}
