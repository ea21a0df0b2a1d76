package io.plotpalette.generator.journal;

import java.nio.charset.StandardCharsets;

/** What a model has written, or where it is. */
public sealed interface Output {
  /** The longest text, in bytes of UTF-8, that stands in the journal itself. */
  int MAX_INLINE_BYTES = 64 * 1024;

  /** Whether a text is short enough for the journal; a longer one is stored beside it first. */
  static boolean isInline(String text) {
    return text.length() <= MAX_INLINE_BYTES
        && text.getBytes(StandardCharsets.UTF_8).length <= MAX_INLINE_BYTES;
  }

  /** The text itself. */
  record Inline(String text) implements Output {
    public Inline {
      if (!isInline(text)) {
        throw new IllegalArgumentException(
            "an output of "
                + text.length()
                + " characters is too long for the journal: store it"
                + " and give the key");
      }
    }
  }

  /**
   * An object that was stored before the outcome is journalled.
   *
   * @param key of the object
   * @param bytes its size
   */
  record Stored(String key, long bytes) implements Output {}
}
