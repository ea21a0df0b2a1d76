package io.plotpalette.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The text form of the place where a page ended: key attributes of its last item, without the
 * owner's, which always comes from the token.
 */
public final class Cursor {
  private static final TypeReference<Map<String, String>> KEY = new TypeReference<>() {};

  private Cursor() {}

  public static String encode(Map<String, String> key) {
    try {
      byte[] json = Json.MAPPER.writeValueAsBytes(new TreeMap<>(key));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts is always JSON", e);
    }
  }

  /**
   * Reads what {@link #encode} wrote for a key of these attributes.
   *
   * @throws ProblemException 400 naming {@code cursor} for any other text
   */
  public static Map<String, String> decode(String text, Set<String> attributes) {
    try {
      Map<String, String> key = Json.MAPPER.readValue(Base64.getUrlDecoder().decode(text), KEY);
      if (key != null
          && key.keySet().equals(attributes)
          && key.values().stream().noneMatch(value -> value == null || value.isEmpty())) {
        return key;
      }
      throw broken();
    } catch (IOException | IllegalArgumentException e) {
      throw broken();
    }
  }

  /** A short text that tells lists apart. */
  public static String digest(String text) {
    byte[] hash = RepeatableIds.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 12));
  }

  /** For a cursor whose values cannot be ours. */
  public static ProblemException broken() {
    return ProblemException.invalidParameter(
        "cursor", "must be the next_cursor of the page before, as it was given");
  }
}
