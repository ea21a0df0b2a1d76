package io.plotpalette.local.identity;

/** An error answer of Cognito: its type as an SDK knows it, and the message a caller may see. */
final class CognitoException extends RuntimeException {
  private final String type;

  CognitoException(String type, String message) {
    super(message);
    this.type = type;
  }

  String type() {
    return type;
  }

  static CognitoException notAuthorized(String message) {
    return new CognitoException("NotAuthorizedException", message);
  }

  static CognitoException userNotFound() {
    return new CognitoException("UserNotFoundException", "User does not exist.");
  }

  static CognitoException invalidParameter(String message) {
    return new CognitoException("InvalidParameterException", message);
  }
}
