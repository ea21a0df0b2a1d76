package io.plotpalette.connector.sink;

/** DynamoDB will not take what the sink writes until somebody puts something right. */
public final class DynamoDbSinkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DynamoDbSinkException(String message, Throwable cause) {
    super(message, cause);
  }
}
