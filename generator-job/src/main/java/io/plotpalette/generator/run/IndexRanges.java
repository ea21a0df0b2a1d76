package io.plotpalette.generator.run;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of record indexes as sorted, separate ranges. Immutable. Usually it is one range, from the
 * next record to the last; a run that starts from its journal alone may begin with gaps.
 */
public record IndexRanges(List<Range> ranges) {

  /**
   * Indexes in a row.
   *
   * @param from included
   * @param to excluded
   */
  public record Range(long from, long to) {
    public Range {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException("no range: " + from + " to " + to);
      }
    }
  }

  public IndexRanges {
    ranges = List.copyOf(ranges);
  }

  static IndexRanges upTo(long count) {
    return new IndexRanges(List.of(new Range(0, count)));
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  public long size() {
    return ranges.stream().mapToLong(range -> range.to() - range.from()).sum();
  }

  public boolean contains(long index) {
    int at = position(index);
    return at < ranges.size() && ranges.get(at).from() <= index;
  }

  long first() {
    return ranges.get(0).from();
  }

  IndexRanges without(long index) {
    int at = position(index);
    Range hit = ranges.get(at);
    if (index < hit.from()) {
      throw new IllegalArgumentException(index + " is not in " + ranges);
    }
    List<Range> rest = new ArrayList<>(ranges);
    rest.remove(at);
    if (index + 1 < hit.to()) {
      rest.add(at, new Range(index + 1, hit.to()));
    }
    if (hit.from() < index) {
      rest.add(at, new Range(hit.from(), index));
    }
    return new IndexRanges(rest);
  }

  IndexRanges with(long index) {
    int at = position(index);
    if (at < ranges.size() && ranges.get(at).from() <= index) {
      throw new IllegalArgumentException(index + " is in " + ranges + " already");
    }
    List<Range> all = new ArrayList<>(ranges);
    long from = index;
    long to = index + 1;
    if (at < all.size() && all.get(at).from() == to) {
      to = all.remove(at).to();
    }
    if (at > 0 && all.get(at - 1).to() == from) {
      from = all.remove(at - 1).from();
      at--;
    }
    all.add(at, new Range(from, to));
    return new IndexRanges(all);
  }

  /** The first range that ends after the index. */
  private int position(long index) {
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ranges.get(middle).to() <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
