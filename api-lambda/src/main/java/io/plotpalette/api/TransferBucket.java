package io.plotpalette.api;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/** The files of exports and imports: one bucket of S3, or of a server that speaks its protocol. */
public final class TransferBucket {
  private final String bucket;
  private final Region region;
  private final AwsCredentialsProvider credentials;
  private final Optional<URI> endpoint;
  private final SdkHttpClient http;

  /**
   * @param endpoint where the server answers, with the bucket as first part of the path; empty for
   *     S3 itself
   */
  public TransferBucket(
      String bucket,
      Region region,
      AwsCredentialsProvider credentials,
      Optional<URI> endpoint,
      SdkHttpClient http) {
    this.bucket = bucket;
    this.region = region;
    this.credentials = credentials;
    this.endpoint = endpoint;
    this.http = http;
  }

  static TransferBucket onLambda(ApiConfig config) {
    return new TransferBucket(
        config.dataBucket(),
        new DefaultAwsRegionProviderChain().getRegion(),
        DefaultCredentialsProvider.builder().build(),
        Optional.empty(),
        UrlConnectionHttpClient.create());
  }
}
