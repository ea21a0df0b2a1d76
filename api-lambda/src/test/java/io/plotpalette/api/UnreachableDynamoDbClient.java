package io.plotpalette.api;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** For tests that end before the table: every call throws, as the interface's defaults do. */
public final class UnreachableDynamoDbClient implements DynamoDbClient {
  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
