package io.plotpalette.local.loopback;

/** A server could not start because something else listens on its port. */
public final class PortInUseException extends RuntimeException {
  private final int port;
  private final String what;

  PortInUseException(String what, int port, Throwable cause) {
    super("Port %d, wanted for %s, is in use".formatted(port, what), cause);
    this.port = port;
    this.what = what;
  }

  public int port() {
    return port;
  }

  /** The server that wanted the port, in words for a person. */
  public String what() {
    return what;
  }
}
