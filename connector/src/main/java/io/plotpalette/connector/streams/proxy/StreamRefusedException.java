package io.plotpalette.connector.streams.proxy;

/** DynamoDB will not answer the source until somebody puts something right. */
public final class StreamRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StreamRefusedException(String operation, String of, String code, Throwable cause) {
    super(
        "%s of %s failed with %s: %s. Are region, endpoint, credentials and the right dynamodb:%s what they should be?"
            .formatted(operation, of, code, cause.getMessage(), operation),
        cause);
  }
}
