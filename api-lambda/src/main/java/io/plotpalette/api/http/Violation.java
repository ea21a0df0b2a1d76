package io.plotpalette.api.http;

import java.util.Objects;

/**
 * One thing wrong with a request.
 *
 * @param pointer JSON pointer into the body; null when a parameter is wrong
 * @param parameter name of a query parameter or header; null when the body is wrong
 * @param detail a sentence's end about the field, such as {@code is required}
 */
public record Violation(String pointer, String parameter, String detail) {
  public Violation {
    Objects.requireNonNull(detail, "detail");
  }

  public static Violation inBody(String pointer, String detail) {
    return new Violation(pointer, null, detail);
  }

  public static Violation ofParameter(String name, String detail) {
    return new Violation(null, name, detail);
  }
}
