package io.plotpalette.generator.journal;

/** Bytes that stand where a segment should and are none this version can read. */
public final class MalformedSegmentException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedSegmentException(String message) {
    super(message);
  }

  MalformedSegmentException(String message, Throwable cause) {
    super(message, cause);
  }
}
