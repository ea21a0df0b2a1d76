package io.plotpalette.infra;

import com.sun.net.httpserver.HttpServer;

/** Where a server of a test listens. */
final class Addresses {
  private Addresses() {}

  /** Host and port. */
  static String of(HttpServer server) {
    return server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
  }
}
