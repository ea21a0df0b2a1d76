package io.plotpalette.api;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Clients for handlers under test. */
public final class TestingClients {
  private TestingClients() {}

  /** For tests that need no queue and no files. */
  public static ApiClients of(DynamoDbClient dynamoDb) {
    return of(dynamoDb, new TestingQueue());
  }

  /** For tests that need no files. */
  public static ApiClients of(DynamoDbClient dynamoDb, SqsClient sqs) {
    return new ApiClients(
        dynamoDb,
        () -> sqs,
        () -> {
          throw new AssertionError("this test has no files");
        });
  }

  /** For tests that need all. */
  public static ApiClients of(DynamoDbClient dynamoDb, SqsClient sqs, TransferBucket files) {
    return new ApiClients(dynamoDb, () -> sqs, () -> files);
  }
}
