package io.plotpalette.analytics;

import java.time.Duration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients of a Lambda function: region and credentials come from the environment. */
final class AnalyticsClients {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  private AnalyticsClients() {}

  static AthenaClient athena() {
    return build(AthenaClient.builder());
  }

  static S3Client s3() {
    return build(S3Client.builder());
  }

  private static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C build(
      B builder) {
    return builder
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .overrideConfiguration(
            override -> override.apiCallTimeout(CALL_TIMEOUT).retryStrategy(RetryMode.STANDARD))
        .build();
  }
}
