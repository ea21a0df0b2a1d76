package io.plotpalette.model.template.jinja;

/** An error while rendering; {@link Evaluator} adds the line. */
final class EvaluationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  EvaluationException(String message) {
    this(message, null);
  }

  EvaluationException(String message, String field) {
    // Thrown for ordinary user errors, a million times in a large job: no stack trace.
    super(message, null, false, false);
    this.field = field;
  }

  String field() {
    return field;
  }
}
