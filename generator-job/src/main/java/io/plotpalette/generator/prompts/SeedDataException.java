package io.plotpalette.generator.prompts;

/** Seed data that cannot be used, however often it is read. */
public final class SeedDataException extends Exception {
  private static final long serialVersionUID = 1L;

  public SeedDataException(String message) {
    super(message);
  }

  public SeedDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
