package io.plotpalette.connector.sink;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Builds a {@link DynamoDbSink}: table, region or clients, converter, options. */
public final class DynamoDbSinkBuilder<T> {
  private final Configuration options = new Configuration();
  private String tableName;
  private String region;
  private URI endpoint;
  private DynamoDbClientProvider clients;
  private List<String> keyAttributes = List.of();
  private DynamoDbWriteConverter<T> converter;

  DynamoDbSinkBuilder() {}

  public DynamoDbSinkBuilder<T> setTableName(String name) {
    this.tableName = name;
    return this;
  }

  public DynamoDbSinkBuilder<T> setRegion(String name) {
    this.region = name;
    return this;
  }

  /** Null for the region's own. */
  public DynamoDbSinkBuilder<T> setEndpoint(URI uri) {
    this.endpoint = uri;
    return this;
  }

  /**
   * In place of region and endpoint, for credentials or HTTP settings of the caller's. Switch the
   * client's own retries off: the sink retries, and counts what it retries.
   */
  public DynamoDbSinkBuilder<T> setClients(DynamoDbClientProvider provider) {
    this.clients = provider;
    return this;
  }

  /** The attributes of the primary key; without them the table is described, if it may be. */
  public DynamoDbSinkBuilder<T> setKeyAttributes(String... names) {
    this.keyAttributes = List.of(names);
    return this;
  }

  public DynamoDbSinkBuilder<T> setElementConverter(DynamoDbWriteConverter<T> function) {
    this.converter = function;
    return this;
  }

  /** One of {@link DynamoDbSinkOptions}. */
  public <V> DynamoDbSinkBuilder<T> set(ConfigOption<V> option, V value) {
    options.set(option, value);
    return this;
  }

  /** Options by key, as {@link DynamoDbSinkOptions} names them; other keys are not looked at. */
  public DynamoDbSinkBuilder<T> options(Configuration values) {
    options.addAll(values);
    return this;
  }

  /**
   * Checks everything, connects to nothing.
   *
   * @throws IllegalArgumentException if an option cannot be used; the message names its key
   */
  public DynamoDbSink<T> build() {
    if (tableName == null || tableName.isBlank()) {
      throw new IllegalArgumentException("Set tableName");
    }
    if ((region == null) == (clients == null)) {
      throw new IllegalArgumentException("Set either region or clients");
    }
    if (clients != null && endpoint != null) {
      throw new IllegalArgumentException("An endpoint goes with a region, not with clients");
    }
    DynamoDbSinkOptions.validate(options);
    return new DynamoDbSink<>(
        tableName,
        keyAttributes,
        clients != null
            ? clients
            : regional(region, endpoint, options.get(DynamoDbSinkOptions.REQUEST_TIMEOUT)),
        Objects.requireNonNull(converter, "elementConverter"),
        new Configuration(options));
  }

  private static DynamoDbClientProvider regional(String region, URI endpoint, Duration timeout) {
    return () ->
        DynamoDbClient.builder()
            .region(Region.of(region))
            .endpointOverride(endpoint)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout))
            .overrideConfiguration(
                settings -> settings.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
  }
}
