package io.plotpalette.generator.export;

import java.io.IOException;

/**
 * Committed outputs are not what the promises say: a record twice, one that cannot be read, more
 * than have left the run. Trying again does not help; the message says where it is.
 */
public class InvalidOutputsException extends IOException {
  private static final long serialVersionUID = 1L;

  public InvalidOutputsException(String message) {
    super(message);
  }

  public InvalidOutputsException(String message, Throwable cause) {
    super(message, cause);
  }
}
