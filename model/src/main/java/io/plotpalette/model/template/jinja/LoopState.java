package io.plotpalette.model.template.jinja;

import java.util.List;
import java.util.Set;

/** The variable {@code loop} of one {@code for}. */
final class LoopState {
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "index",
          "index0",
          "revindex",
          "revindex0",
          "first",
          "last",
          "length",
          "depth",
          "depth0",
          "previtem",
          "nextitem");

  private final List<?> elements;
  private int index;
  private Object lastChecked;

  LoopState(List<?> elements) {
    this.elements = elements;
  }

  void at(int newIndex) {
    index = newIndex;
  }

  static boolean hasAttribute(String name) {
    return ATTRIBUTES.contains(name);
  }

  Object attribute(String name) {
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) elements.size() - index;
      case "revindex0" -> elements.size() - index - 1L;
      case "first" -> index == 0;
      case "last" -> index == elements.size() - 1;
      case "length" -> (long) elements.size();
      case "depth" -> 1L;
      case "depth0" -> 0L;
      case "previtem" ->
          index > 0
              ? elements.get(index - 1)
              : new Undefined("loop.previtem", "there is no previous item");
      case "nextitem" ->
          index < elements.size() - 1
              ? elements.get(index + 1)
              : new Undefined("loop.nextitem", "there is no next item");
      default -> throw new IllegalArgumentException(name);
    };
  }

  Object cycle(List<Object> values) {
    if (values.isEmpty()) {
      throw new EvaluationException("loop.cycle needs at least one value");
    }
    return values.get(index % values.size());
  }

  /** Whether {@code values} differ from those of the round before. */
  boolean changed(List<Object> values, Values semantics) {
    boolean changed = lastChecked == null || !semantics.equal(lastChecked, values);
    lastChecked = values;
    return changed;
  }
}
