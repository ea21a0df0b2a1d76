package io.plotpalette.model.setting;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The text form of an enum's constants in configuration. */
final class Choices {
  private Choices() {}

  static <E extends Enum<E>> E parse(Class<E> values, String text) {
    return Arrays.stream(values.getEnumConstants())
        .filter(constant -> text(constant).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("choose one of " + describe(values)));
  }

  static <E extends Enum<E>> String describe(Class<E> values) {
    return Arrays.stream(values.getEnumConstants())
        .map(Choices::text)
        .collect(Collectors.joining(" or "));
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
