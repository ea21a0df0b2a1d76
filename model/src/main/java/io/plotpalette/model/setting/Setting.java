package io.plotpalette.model.setting;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One configuration key with all that is to be known of it, read from a lookup such as {@code
 * System::getenv} or a property group. The table in {@code docs/configuration.md} is made from
 * these.
 *
 * @param key as it stands in the environment or the property group
 * @param type the word for the type in the generated table
 * @param defaultText used when the key is absent or blank; null makes the key required
 * @param unit of the number, or what the text names
 * @param parser text to value; throws IllegalArgumentException or DateTimeException with the reason
 */
public record Setting<T>(
    String key,
    String type,
    String defaultText,
    String unit,
    String description,
    Function<String, T> parser) {

  public Setting {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(parser, "parser");
  }

  /**
   * Reads and checks the value.
   *
   * @throws InvalidSettingException naming the key, the value and what would be accepted
   */
  public T read(UnaryOperator<String> lookup) {
    String given = lookup.apply(key);
    String text = given == null || given.isBlank() ? defaultText : given.strip();
    if (text == null) {
      throw new InvalidSettingException(key + " is required: " + description);
    }
    try {
      return parser.apply(text);
    } catch (RuntimeException e) {
      throw new InvalidSettingException(
          "%s is '%s', but must be %s (%s): %s".formatted(key, text, type, unit, e.getMessage()),
          e);
    }
  }

  /** A text taken as it is. */
  public static Setting<String> text(
      String key, String defaultText, String unit, String description) {
    return new Setting<>(key, "text", defaultText, unit, description, text -> text);
  }

  /** One constant of {@code values}, written in lower case with dashes. */
  public static <E extends Enum<E>> Setting<E> choice(
      String key, Class<E> values, String defaultText, String description) {
    return new Setting<>(
        key,
        "choice",
        defaultText,
        Choices.describe(values),
        description,
        text -> Choices.parse(values, text));
  }

  /** A whole number within bounds, both included. */
  public static Setting<Integer> wholeNumber(
      String key, int defaultValue, int min, int max, String unit, String description) {
    return new Setting<>(
        key,
        "whole number",
        Integer.toString(defaultValue),
        unit + ", " + min + " to " + max,
        description,
        text -> bounded(wholeNumber(text), min, max, text));
  }

  /** An ISO-8601 duration such as {@code PT2S}, within bounds, both included. */
  public static Setting<Duration> duration(
      String key, Duration defaultValue, Duration min, Duration max, String description) {
    return new Setting<>(
        key,
        "duration",
        defaultValue.toString(),
        "ISO-8601, " + min + " to " + max,
        description,
        text -> bounded(Duration.parse(text), min, max, text));
  }

  private static Integer wholeNumber(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it is not one", e);
    }
  }

  private static <C extends Comparable<C>> C bounded(C value, C min, C max, String text) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(text + " is outside " + min + " to " + max);
    }
    return value;
  }
}
