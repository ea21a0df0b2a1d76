package io.plotpalette.generator.call;

import io.plotpalette.generator.pressure.FailureClass;
import io.plotpalette.generator.text.WellFormedText;
import java.util.Objects;

/** A call without an answer. */
public final class ModelCallException extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureClass failure;

  /** With a message that says what happened and, if there is something to be done, what. */
  public ModelCallException(FailureClass failure, String message) {
    this(failure, message, null);
  }

  /** Of another one. */
  public ModelCallException(FailureClass failure, String message, Throwable cause) {
    super(message == null ? null : WellFormedText.of(message), cause);
    this.failure = Objects.requireNonNull(failure, "failure");
  }

  public FailureClass failure() {
    return failure;
  }
}
