package io.plotpalette.local.gateway;

/** A request that no HTTP server could make sense of. */
final class BadRequestException extends RuntimeException {
  BadRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
