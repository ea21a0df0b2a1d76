package io.plotpalette.analytics;

/** A statement did not succeed; the message says which and why. */
public final class StatementFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StatementFailedException(String message) {
    super(message);
  }
}
