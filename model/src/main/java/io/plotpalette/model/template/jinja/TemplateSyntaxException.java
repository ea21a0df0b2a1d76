package io.plotpalette.model.template.jinja;

/** A template that cannot be parsed or uses something that is not allowed. */
public final class TemplateSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  TemplateSyntaxException(int line, int column, String message) {
    super(message);
    this.line = line;
    this.column = column;
  }

  /** From 1. */
  public int line() {
    return line;
  }

  /** From 1, in UTF-16 units. */
  public int column() {
    return column;
  }
}
