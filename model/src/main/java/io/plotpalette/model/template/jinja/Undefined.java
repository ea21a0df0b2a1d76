package io.plotpalette.model.template.jinja;

/**
 * A value that is not there. It may be tested and replaced by a default; any other use is an error
 * that says what is missing.
 *
 * @param field what is missing, as the template names it
 * @param reason the whole sentence of the error
 */
record Undefined(String field, String reason) {
  EvaluationException used() {
    return new EvaluationException(reason, field);
  }
}
