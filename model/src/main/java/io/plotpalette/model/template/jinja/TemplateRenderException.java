package io.plotpalette.model.template.jinja;

/** A template that cannot be rendered with the values it was given, or uses up too much. */
public final class TemplateRenderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String field;

  TemplateRenderException(int line, String field, String message) {
    super(message);
    this.line = line;
    this.field = field;
  }

  /** From 1. */
  public int line() {
    return line;
  }

  /** The value that is not there, as the template names it; null for every other error. */
  public String field() {
    return field;
  }
}
