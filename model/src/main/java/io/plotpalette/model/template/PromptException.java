package io.plotpalette.model.template;

/** A prompt or expression of a template that cannot be rendered for one record. */
public final class PromptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String stepId;
  private final int line;
  private final String field;

  PromptException(String stepId, String part, int line, String field, String message) {
    super(
        (stepId == null ? "" : "step '" + stepId + "', ")
            + part
            + ", line "
            + line
            + ": "
            + message);
    this.stepId = stepId;
    this.line = line;
    this.field = field;
  }

  /** Null for the category, which belongs to no step. */
  public String stepId() {
    return stepId;
  }

  /** Of the prompt or expression, from 1. */
  public int line() {
    return line;
  }

  /** The value that is not there, as the template names it; null for every other error. */
  public String field() {
    return field;
  }
}
