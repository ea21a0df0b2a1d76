package io.plotpalette.api.tasks;

/** An item of the table that no handler wrote; the message names attributes, never their values. */
final class UnreadableItemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableItemException(String message) {
    super(message);
  }
}
