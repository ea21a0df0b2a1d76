package io.plotpalette.local.gateway;

/** A function could not be invoked, or gave no response. */
public final class InvocationException extends RuntimeException {
  private final Reason reason;

  /** Why, as far as the caller's answer depends on it. */
  public enum Reason {
    /** The event is larger than Lambda takes. */
    EVENT_TOO_LARGE,
    /** All the runtime's threads are busy. */
    THROTTLED,
    TIMED_OUT,
    /** The handler threw, or its response is larger than Lambda takes. */
    FUNCTION_ERROR
  }

  InvocationException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
