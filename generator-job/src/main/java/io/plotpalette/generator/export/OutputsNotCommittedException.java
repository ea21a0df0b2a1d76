package io.plotpalette.generator.export;

import java.io.IOException;

/** Records that have left the run are not visible yet; nothing was written. Try again later. */
public class OutputsNotCommittedException extends IOException {
  private static final long serialVersionUID = 1L;

  public OutputsNotCommittedException(String message) {
    super(message);
  }
}
