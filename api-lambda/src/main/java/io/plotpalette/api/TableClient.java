package io.plotpalette.api;

import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The DynamoDB client of a Lambda function. */
public final class TableClient {
  private TableClient() {}

  /**
   * Region, credentials and a local {@code AWS_ENDPOINT_URL_DYNAMODB} come from the environment.
   *
   * @param throttles counts what the table refuses
   */
  public static DynamoDbClient create(ApiConfig config, TableThrottles throttles) {
    return DynamoDbClient.builder()
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(
            override ->
                override
                    .addMetricPublisher(throttles)
                    .apiCallTimeout(config.tableCallTimeout())
                    // Three attempts; the SDK's own choice for DynamoDB is nine, too many to wait
                    // for.
                    .retryStrategy(RetryMode.STANDARD))
        .build();
  }
}
