package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** RFC 7396. */
public final class MergePatch {
  private MergePatch() {}

  /** What {@code patch} makes of {@code target}, which stays as it is. */
  public static JsonNode apply(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode result = target.isObject() ? target.deepCopy() : Json.MAPPER.createObjectNode();
    patch
        .properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                result.remove(field.getKey());
              } else {
                JsonNode old = result.path(field.getKey());
                result.set(field.getKey(), apply(old, field.getValue()));
              }
            });
    return result;
  }
}
