package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.template.jinja.FieldPath;
import java.util.List;

/** Looks paths up in a seed entry. */
final class SeedFields {
  private SeedFields() {}

  /** Whether the path leads to a value; null is one, because the entry says so. */
  static boolean isPresent(FieldPath path, JsonNode entry) {
    return isPresent(path.segments(), entry);
  }

  private static boolean isPresent(List<FieldPath.Segment> path, JsonNode value) {
    if (path.isEmpty()) {
      return true;
    }
    FieldPath.Segment first = path.get(0);
    List<FieldPath.Segment> rest = path.subList(1, path.size());
    if (first instanceof FieldPath.Name name) {
      return value.isObject() && value.has(name.name()) && isPresent(rest, value.get(name.name()));
    }
    if (first instanceof FieldPath.Index index) {
      int size = value.isTextual() ? value.textValue().length() : value.size();
      long at = index.index() < 0 ? index.index() + size : index.index();
      if (at < 0 || at >= size || value.isObject()) {
        return false;
      }
      return value.isTextual() ? rest.isEmpty() : isPresent(rest, value.get((int) at));
    }
    boolean container = first instanceof FieldPath.EachElement ? value.isArray() : value.isObject();
    if (!container) {
      return false;
    }
    for (JsonNode element : value) {
      if (!isPresent(rest, element)) {
        return false;
      }
    }
    return true;
  }
}
