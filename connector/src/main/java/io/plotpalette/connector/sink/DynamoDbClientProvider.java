package io.plotpalette.connector.sink;

import java.io.Serializable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Builds the client on the machine that uses it, one a subtask. The sink closes it. */
@FunctionalInterface
public interface DynamoDbClientProvider extends Serializable {
  DynamoDbClient create();
}
