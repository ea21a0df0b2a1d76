package io.plotpalette.connector.streams;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** Every option of the source; set them with {@link DynamoDbStreamsSourceBuilder#set}. */
public final class StreamsSourceOptions {

  /** The managed service exports only custom metrics below a group of this name. */
  public static final String MANAGED_SERVICE_METRIC_GROUP = "kinesisanalytics";

  public static final ConfigOption<StartPosition> START_POSITION =
      ConfigOptions.key("start.position")
          .enumType(StartPosition.class)
          .defaultValue(StartPosition.TRIM_HORIZON)
          .withDescription(
              "Where a job without state begins. LATEST of a shard is fixed by the first record"
                  + " read from it; what is written while a restart precedes that record is"
                  + " skipped.");

  public static final ConfigOption<Duration> SHARD_DISCOVERY_INTERVAL =
      ConfigOptions.key("shard.discovery.interval")
          .durationType()
          .defaultValue(Duration.ofSeconds(10))
          .withDescription(
              "Pause between two listings of the shards; one more follows the end of a shard at"
                  + " once. Bounds how late a new shard is noticed. DescribeStream allows 10 calls"
                  + " a second.");

  public static final ConfigOption<Duration> SHARD_LEAF_AFTER =
      ConfigOptions.key("shard.leaf.after")
          .durationType()
          .defaultValue(Duration.ofMinutes(5))
          .withDescription(
              "A shard that has ended holds the watermark until its child is listed, or until a"
                  + " complete listing asked for this much later still names none: then it is the last"
                  + " of its line. Too low makes a child's records late if it is listed later still.");

  public static final ConfigOption<Duration> POLL_INTERVAL_IDLE =
      ConfigOptions.key("poll.interval.idle")
          .durationType()
          .defaultValue(Duration.ofMillis(250))
          .withDescription(
              "Wait after an empty page of a shard. Lower means less latency and more calls;"
                  + " GetRecords allows 5 a second and shard.");

  public static final ConfigOption<Integer> POLL_MAX_RECORDS =
      ConfigOptions.key("poll.max-records")
          .intType()
          .defaultValue(1_000)
          .withDescription("Records asked for in one GetRecords call, 1 to 1,000.");

  public static final ConfigOption<Duration> WATERMARK_BOUND =
      ConfigOptions.key("watermark.bound")
          .durationType()
          .defaultValue(Duration.ofMinutes(2))
          .withDescription(
              "How far the watermark stays behind the stream's creation time, at the tip behind"
                  + " the clock. At least 1 s, because the stream's times are whole seconds. Too"
                  + " low makes records late that the stream delivers late.");

  public static final ConfigOption<Duration> WATERMARK_INTERVAL =
      ConfigOptions.key("watermark.interval")
          .durationType()
          .defaultValue(Duration.ofMillis(500))
          .withDescription("Least pause between two progress reports of a reader.");

  public static final ConfigOption<Duration> TIP_AFTER =
      ConfigOptions.key("tip.after")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "How long a shard must have answered with empty pages only until its watermark"
                  + " follows the clock, at least twice poll.interval.idle. A single empty page does"
                  + " not mean that nothing is left.");

  public static final ConfigOption<Boolean> TRIM_FAILS_JOB =
      ConfigOptions.key("trim.fails-job")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Fail when a position is older than the stream's 24 hours or its shard is gone, instead"
                  + " of going on with what is left, an error in the log and the metric 'trims'.");

  public static final ConfigOption<Duration> BACKOFF_MIN =
      ConfigOptions.key("backoff.min")
          .durationType()
          .defaultValue(Duration.ofMillis(200))
          .withDescription(
              "Wait after the first throttled or failed call of a shard; doubles with each.");

  public static final ConfigOption<Duration> BACKOFF_MAX =
      ConfigOptions.key("backoff.max")
          .durationType()
          .defaultValue(Duration.ofSeconds(20))
          .withDescription("Longest wait between two attempts.");

  public static final ConfigOption<String> METRIC_GROUP =
      ConfigOptions.key("metric.group")
          .stringType()
          .defaultValue(MANAGED_SERVICE_METRIC_GROUP)
          .withDescription(
              "Group of the source's metrics. Managed Service for Apache Flink exports custom"
                  + " metrics below 'kinesisanalytics' only.");

  private StreamsSourceOptions() {}

  /**
   * @throws IllegalArgumentException naming the key that cannot be used, and what can
   */
  static void validate(ReadableConfig options) {
    options.get(START_POSITION);
    options.get(TRIM_FAILS_JOB);
    atLeast(options, SHARD_DISCOVERY_INTERVAL, Duration.ofMillis(1));
    atLeast(options, SHARD_LEAF_AFTER, Duration.ofMillis(1));
    atLeast(options, POLL_INTERVAL_IDLE, Duration.ofMillis(1));
    atLeast(options, WATERMARK_BOUND, Duration.ofSeconds(1));
    atLeast(options, WATERMARK_INTERVAL, Duration.ofMillis(1));
    atLeast(options, TIP_AFTER, options.get(POLL_INTERVAL_IDLE).multipliedBy(2));
    atLeast(options, BACKOFF_MIN, Duration.ofMillis(1));
    atLeast(options, BACKOFF_MAX, options.get(BACKOFF_MIN));
    int maxRecords = options.get(POLL_MAX_RECORDS);
    if (maxRecords < 1 || maxRecords > 1_000) {
      throw new IllegalArgumentException(
          POLL_MAX_RECORDS.key() + " is " + maxRecords + ", but must be 1 to 1000");
    }
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
