package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.SdkStreamProxy;
import io.plotpalette.connector.streams.proxy.StreamProxyProvider;
import io.plotpalette.connector.streams.proxy.StreamsClientProvider;
import java.time.Clock;
import java.util.Objects;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** Builds a {@link DynamoDbStreamsSource}: table or stream, clients, deserializer, options. */
public final class DynamoDbStreamsSourceBuilder<T> {
  private final Configuration options = new Configuration();
  private String table;
  private String streamArn;
  private StreamProxyProvider proxies;
  private StreamRecordDeserializer<T> deserializer;
  private Clock clock = Clock.systemUTC();

  DynamoDbStreamsSourceBuilder() {}

  /** Reads the table's newest stream, looked up when the job starts without state. */
  public DynamoDbStreamsSourceBuilder<T> table(String name) {
    this.table = name;
    return this;
  }

  /** Reads this stream; no rights on the table are needed then. */
  public DynamoDbStreamsSourceBuilder<T> streamArn(String arn) {
    this.streamArn = arn;
    return this;
  }

  public DynamoDbStreamsSourceBuilder<T> clients(StreamsClientProvider clients) {
    return proxies(() -> new SdkStreamProxy(clients));
  }

  /** In place of {@link #clients}: another way to the stream, such as a scripted one in a test. */
  public DynamoDbStreamsSourceBuilder<T> proxies(StreamProxyProvider provider) {
    this.proxies = provider;
    return this;
  }

  public DynamoDbStreamsSourceBuilder<T> deserializer(StreamRecordDeserializer<T> schema) {
    this.deserializer = schema;
    return this;
  }

  /** One of {@link StreamsSourceOptions}. */
  public <V> DynamoDbStreamsSourceBuilder<T> set(ConfigOption<V> option, V value) {
    options.set(option, value);
    return this;
  }

  /** Options by key, as {@link StreamsSourceOptions} names them; other keys are not looked at. */
  public DynamoDbStreamsSourceBuilder<T> options(Configuration values) {
    options.addAll(values);
    return this;
  }

  /** The clock the watermark follows at the tip; must be serializable. */
  public DynamoDbStreamsSourceBuilder<T> clock(Clock source) {
    this.clock = source;
    return this;
  }

  /**
   * Checks everything, connects to nothing.
   *
   * @throws IllegalArgumentException if an option cannot be used; the message names its key
   */
  public DynamoDbStreamsSource<T> build() {
    if ((table == null) == (streamArn == null)) {
      throw new IllegalArgumentException("Set either table or streamArn");
    }
    StreamsSourceOptions.validate(options);
    return new DynamoDbStreamsSource<>(
        table,
        streamArn,
        Objects.requireNonNull(proxies, "clients"),
        Objects.requireNonNull(deserializer, "deserializer"),
        new Configuration(options),
        Objects.requireNonNull(clock, "clock"));
  }
}
