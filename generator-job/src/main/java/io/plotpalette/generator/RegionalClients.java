package io.plotpalette.generator;

import io.plotpalette.connector.streams.proxy.StreamsClientProvider;
import java.net.URI;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * Clients with the credentials of the environment.
 *
 * @param endpoint null for the region's own
 */
record RegionalClients(String region, URI endpoint) implements StreamsClientProvider {
  @Override
  public DynamoDbStreamsClient streams() {
    return DynamoDbStreamsClient.builder()
        .region(Region.of(region))
        .endpointOverride(endpoint)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  @Override
  public DynamoDbClient tables() {
    return DynamoDbClient.builder()
        .region(Region.of(region))
        .endpointOverride(endpoint)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }
}
