package io.plotpalette.connector.streams.proxy;

import java.io.Serializable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Builds the AWS clients on the machine that uses them: region, endpoint and credentials are the
 * caller's. The source closes what it was given.
 */
public interface StreamsClientProvider extends Serializable {

  DynamoDbStreamsClient streams();

  /** Asked only for the stream of a table, when no stream ARN is configured. */
  DynamoDbClient tables();
}
