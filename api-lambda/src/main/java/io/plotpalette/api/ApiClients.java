package io.plotpalette.api;

import java.util.function.Supplier;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * What the handlers reach over the network. Most requests need the tables only, so the rest is made
 * when it is first asked for.
 *
 * @param dynamoDb of the tables
 * @param sqs of the queue of writes; gives the same client each time
 * @param files the bucket of exports and imports; gives the same one each time
 */
public record ApiClients(
    DynamoDbClient dynamoDb, Supplier<SqsClient> sqs, Supplier<TransferBucket> files) {

  /** Those of a Lambda function: region, credentials and endpoints come from the environment. */
  public static ApiClients onLambda(ApiConfig config, TableThrottles throttles) {
    ParallelStart.begin();
    return new ApiClients(
        TableClient.create(config, throttles),
        once(() -> queueClient(config)),
        once(() -> TransferBucket.onLambda(config)));
  }

  private static SqsClient queueClient(ApiConfig config) {
    return SqsClient.builder()
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(
            override ->
                override
                    .apiCallTimeout(config.tableCallTimeout())
                    .retryStrategy(RetryMode.STANDARD))
        .build();
  }

  private static <T> Supplier<T> once(Supplier<T> maker) {
    return new Supplier<>() {
      private T made;

      @Override
      public synchronized T get() {
        if (made == null) {
          made = maker.get();
        }
        return made;
      }
    };
  }
}
