package io.plotpalette.connector.sink;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** Every option of the sink; set them with {@link DynamoDbSinkBuilder#set}. */
public final class DynamoDbSinkOptions {
  /** What BatchWriteItem takes at most. */
  static final int MOST_IN_A_BATCH = 25;

  public static final ConfigOption<Integer> BATCH_MAX_ITEMS =
      ConfigOptions.key("batch.max-items")
          .intType()
          .defaultValue(MOST_IN_A_BATCH)
          .withDescription("Writes taken together at most, 1 to 25.");

  public static final ConfigOption<Duration> BATCH_MAX_WAIT =
      ConfigOptions.key("batch.max-wait")
          .durationType()
          .defaultValue(Duration.ofMillis(100))
          .withDescription("How long a write waits at most for others to fill its batch.");

  public static final ConfigOption<Integer> BUFFER_MAX_ITEMS =
      ConfigOptions.key("buffer.max-items")
          .intType()
          .defaultValue(500)
          .withDescription(
              "Writes waiting in a subtask until it takes no more, more than batch.max-items."
                  + " A checkpoint waits until all of them are in the table.");

  public static final ConfigOption<Duration> REQUEST_TIMEOUT =
      ConfigOptions.key("request.timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "How long one call waits for its answer until it is made again. Not used with"
                  + " clients of the caller's.");

  public static final ConfigOption<Duration> BACKOFF_MIN =
      ConfigOptions.key("backoff.min")
          .durationType()
          .defaultValue(Duration.ofMillis(50))
          .withDescription(
              "Wait after the first throttled or failed call; doubles with each in a row.");

  public static final ConfigOption<Duration> BACKOFF_MAX =
      ConfigOptions.key("backoff.max")
          .durationType()
          .defaultValue(Duration.ofSeconds(20))
          .withDescription("Longest wait between two attempts.");

  public static final ConfigOption<RefusedItems> REFUSED_ITEMS =
      ConfigOptions.key("refused-items")
          .enumType(RefusedItems.class)
          .defaultValue(RefusedItems.FAIL)
          .withDescription(
              "What becomes of a write that DynamoDB will never take. FAIL ends the job without a"
                  + " restart, DROP leaves the write out, counts it and logs its key.");

  public static final ConfigOption<String> METRIC_GROUP =
      ConfigOptions.key("metric.group")
          .stringType()
          .defaultValue("kinesisanalytics")
          .withDescription(
              "Group of the sink's metrics. Managed Service for Apache Flink exports custom"
                  + " metrics below 'kinesisanalytics' only.");

  private DynamoDbSinkOptions() {}

  /**
   * @throws IllegalArgumentException naming the key that cannot be used, and what can
   */
  static void validate(ReadableConfig options) {
    options.get(REFUSED_ITEMS);
    int batch = options.get(BATCH_MAX_ITEMS);
    if (batch < 1 || batch > MOST_IN_A_BATCH) {
      throw new IllegalArgumentException(
          BATCH_MAX_ITEMS.key() + " is " + batch + ", but must be 1 to " + MOST_IN_A_BATCH);
    }
    int buffer = options.get(BUFFER_MAX_ITEMS);
    if (buffer <= batch) {
      throw new IllegalArgumentException(
          "%s is %d, but must be more than %s, which is %d"
              .formatted(BUFFER_MAX_ITEMS.key(), buffer, BATCH_MAX_ITEMS.key(), batch));
    }
    atLeast(options, BATCH_MAX_WAIT, Duration.ofMillis(1));
    atLeast(options, REQUEST_TIMEOUT, Duration.ofMillis(1));
    atLeast(options, BACKOFF_MIN, Duration.ofMillis(1));
    atLeast(options, BACKOFF_MAX, options.get(BACKOFF_MIN));
    if (options.get(METRIC_GROUP).isBlank()) {
      throw new IllegalArgumentException(METRIC_GROUP.key() + " is blank, but must be a name");
    }
  }

  private static void atLeast(
      ReadableConfig options, ConfigOption<Duration> option, Duration least) {
    Duration value = options.get(option);
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          "%s is %s ms, but must be at least %s ms"
              .formatted(option.key(), value.toMillis(), least.toMillis()));
    }
  }
}
