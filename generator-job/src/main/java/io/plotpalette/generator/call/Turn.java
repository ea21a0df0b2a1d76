package io.plotpalette.generator.call;

import java.util.Objects;

/** One message of a conversation with a model. */
public record Turn(Speaker speaker, String text) {

  /** Whose message it is. */
  public enum Speaker {
    USER,
    MODEL
  }

  public Turn {
    Objects.requireNonNull(speaker, "speaker");
    if (text.isBlank()) {
      throw new IllegalArgumentException("a turn needs a text: models refuse a blank one");
    }
  }

  public static Turn ofUser(String text) {
    return new Turn(Speaker.USER, text);
  }

  public static Turn ofModel(String text) {
    return new Turn(Speaker.MODEL, text);
  }
}
