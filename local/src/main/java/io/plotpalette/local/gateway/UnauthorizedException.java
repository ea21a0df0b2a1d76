package io.plotpalette.local.gateway;

/** A request brings no token that lets it pass. */
final class UnauthorizedException extends Exception {
  /**
   * @param description for the response header, or null if there was no token at all
   */
  UnauthorizedException(String description, Throwable cause) {
    super(description, cause);
  }

  /** The response header {@code www-authenticate} as API Gateway writes it. */
  String challenge() {
    return getMessage() == null
        ? "Bearer"
        : "Bearer scope=\"\" error=\"invalid_token\" error_description=\"" + getMessage() + "\"";
  }
}
