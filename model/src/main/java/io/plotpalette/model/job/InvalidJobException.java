package io.plotpalette.model.job;

/** An item or line that should hold part of a job does not; the message names the field. */
public class InvalidJobException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidJobException(String message) {
    super(message);
  }

  public InvalidJobException(String message, Throwable cause) {
    super(message, cause);
  }
}
