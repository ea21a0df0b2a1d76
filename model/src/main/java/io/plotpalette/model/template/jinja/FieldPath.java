package io.plotpalette.model.template.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a value stands in the data, such as {@code author.books[].title}: {@code []} is every
 * element of a list, {@code [0]} one of them, {@code *} every value of a map.
 */
public record FieldPath(List<Segment> segments) {
  /** One step into a value. */
  public sealed interface Segment {}

  /** The value of a map under this name. */
  public record Name(String name) implements Segment {}

  /** One element; negative numbers count from the end. */
  public record Index(long index) implements Segment {}

  /** Every element of a list. */
  public record EachElement() implements Segment {}

  /** Every value of a map. */
  public record EachValue() implements Segment {}

  public FieldPath {
    segments = List.copyOf(segments);
  }

  static FieldPath root(String name) {
    return new FieldPath(List.of(new Name(name)));
  }

  FieldPath plus(Segment segment) {
    List<Segment> longer = new ArrayList<>(segments);
    longer.add(segment);
    return new FieldPath(longer);
  }

  /** Whether this path is {@code other} or leads to it. */
  public boolean leadsTo(FieldPath other) {
    return segments.size() <= other.segments.size()
        && segments.equals(other.segments.subList(0, segments.size()));
  }

  boolean endsInEach() {
    Segment last = segments.get(segments.size() - 1);
    return last instanceof EachElement || last instanceof EachValue;
  }

  /** The variable it starts from. */
  public String rootName() {
    return ((Name) segments.get(0)).name();
  }

  @Override
  public String toString() {
    return rootName()
        + segments.stream().skip(1).map(FieldPath::text).collect(Collectors.joining());
  }

  private static String text(Segment segment) {
    if (segment instanceof Name name) {
      return "." + name.name();
    }
    if (segment instanceof Index index) {
      return "[" + index.index() + "]";
    }
    return segment instanceof EachElement ? "[]" : ".*";
  }
}
