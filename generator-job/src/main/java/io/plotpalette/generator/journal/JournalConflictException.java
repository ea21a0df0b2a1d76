package io.plotpalette.generator.journal;

/** A journal that contradicts itself or the state it belongs to. Trying again does not help. */
public final class JournalConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JournalConflictException(String message) {
    super(message);
  }
}
