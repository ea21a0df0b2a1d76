package io.plotpalette.stream;

import io.plotpalette.model.setting.InvalidSettingException;
import io.plotpalette.model.setting.Setting;
import io.plotpalette.model.setting.TaskInsightsKeys;
import io.plotpalette.stream.insights.Grain;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * All settings of stream-job. Checkpointing, state backend and parallelism are not among them: they
 * belong to whoever runs the job (the managed service, or the laptop's cluster).
 *
 * @param runsTable null if rejections leave no rows
 * @param dynamoDbEndpoint null for the region's own
 */
public record StreamJobConfig(
    String tasksTable,
    String runsTable,
    URI lakeUri,
    String region,
    URI dynamoDbEndpoint,
    Duration watermarkBound,
    Duration discoveryInterval,
    Duration idlePollInterval,
    Duration tipAfter,
    Grain hourly,
    Grain daily,
    Grain minutely) {

  static final Setting<String> TASKS_TABLE =
      Setting.text(
          TaskInsightsKeys.TASKS_TABLE, null, "table name", "DynamoDB table whose stream is read");
  static final Setting<String> RUNS_TABLE =
      new Setting<>(
          TaskInsightsKeys.RUNS_TABLE,
          "text",
          "none",
          "table name, or none",
          "DynamoDB table in which every rejected change leaves a row; none leaves no rows",
          text -> text.equals("none") ? null : text);
  static final Setting<URI> LAKE_URI =
      new Setting<>(
          TaskInsightsKeys.LAKE_URI,
          "URI",
          null,
          "s3://bucket or file:///folder",
          "What lies above the folder lake/",
          StreamJobConfig::withoutTrailingSlash);
  static final Setting<String> REGION =
      Setting.text(TaskInsightsKeys.REGION, null, "AWS region", "Region of the table");
  static final Setting<URI> DYNAMODB_ENDPOINT =
      new Setting<>(
          "dynamodb-endpoint",
          "URI",
          "aws",
          "http address, or aws",
          "Where DynamoDB and its streams answer; aws is the region's own endpoint",
          text -> text.equals("aws") ? null : URI.create(text));
  static final Setting<Duration> WATERMARK_BOUND =
      Setting.duration(
          "watermark-bound",
          Duration.ofMinutes(2),
          Duration.ofSeconds(1),
          Duration.ofHours(1),
          "How far the watermark stays behind the stream's clock. Too low: changes come late and"
              + " windows are corrected; too high: windows become final late");
  static final Setting<Duration> DISCOVERY_INTERVAL =
      Setting.duration(
          "shard-discovery-interval",
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          "How often new shards are looked for, besides whenever one ends");
  static final Setting<Duration> IDLE_POLL_INTERVAL =
      Setting.duration(
          "idle-poll-interval",
          Duration.ofMillis(500),
          Duration.ofMillis(10),
          Duration.ofSeconds(30),
          "Pause after an empty read of a shard. Too low costs requests, too high freshness");
  static final Setting<Duration> TIP_AFTER =
      Setting.duration(
          "tip-after",
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofMinutes(10),
          "How long all shards must be empty before the watermark follows the clock");
  static final Setting<Duration> HOURLY_EARLY_INTERVAL =
      earlyInterval(
          "hourly", Duration.ofSeconds(15), "hour", "; half the checkpoint interval is best");
  static final Setting<Duration> HOURLY_ALLOWED_LATENESS = allowedLateness("hourly", "hour");
  static final Setting<Duration> DAILY_EARLY_INTERVAL =
      earlyInterval("daily", Duration.ofMinutes(5), "day", "");
  static final Setting<Duration> DAILY_ALLOWED_LATENESS = allowedLateness("daily", "day");
  static final Setting<Duration> MINUTELY_EARLY_INTERVAL =
      earlyInterval("minutely", Duration.ofSeconds(15), "minute", "");
  static final Setting<Duration> MINUTELY_ALLOWED_LATENESS = allowedLateness("minutely", "minute");

  public StreamJobConfig {
    // Two empty reads are the least that tells the tip from a gap; the source refuses less.
    if (tipAfter.compareTo(idlePollInterval.multipliedBy(2)) < 0) {
      throw new InvalidSettingException(
          "%s is %s, but must be at least twice %s (%s)"
              .formatted(TIP_AFTER.key(), tipAfter, IDLE_POLL_INTERVAL.key(), idlePollInterval));
    }
  }

  /** How long after its end, by the clock, a window of any grain may still be corrected. */
  public Duration forgottenAfter() {
    return Stream.of(hourly, daily, minutely)
        .map(Grain::allowedLateness)
        .max(Comparator.naturalOrder())
        .orElseThrow()
        .plus(watermarkBound);
  }

  /** Every setting, in the order of the documentation. */
  public static List<Setting<?>> settings() {
    return List.of(
        TASKS_TABLE,
        RUNS_TABLE,
        LAKE_URI,
        REGION,
        DYNAMODB_ENDPOINT,
        WATERMARK_BOUND,
        DISCOVERY_INTERVAL,
        IDLE_POLL_INTERVAL,
        TIP_AFTER,
        HOURLY_EARLY_INTERVAL,
        HOURLY_ALLOWED_LATENESS,
        DAILY_EARLY_INTERVAL,
        DAILY_ALLOWED_LATENESS,
        MINUTELY_EARLY_INTERVAL,
        MINUTELY_ALLOWED_LATENESS);
  }

  /**
   * Reads and checks every setting.
   *
   * @throws io.plotpalette.model.setting.InvalidSettingException naming the key and the way out
   */
  public static StreamJobConfig read(UnaryOperator<String> lookup) {
    return new StreamJobConfig(
        TASKS_TABLE.read(lookup),
        RUNS_TABLE.read(lookup),
        LAKE_URI.read(lookup),
        REGION.read(lookup),
        DYNAMODB_ENDPOINT.read(lookup),
        WATERMARK_BOUND.read(lookup),
        DISCOVERY_INTERVAL.read(lookup),
        IDLE_POLL_INTERVAL.read(lookup),
        TIP_AFTER.read(lookup),
        Grain.hourly(HOURLY_EARLY_INTERVAL.read(lookup), HOURLY_ALLOWED_LATENESS.read(lookup)),
        Grain.daily(DAILY_EARLY_INTERVAL.read(lookup), DAILY_ALLOWED_LATENESS.read(lookup)),
        Grain.minutely(
            MINUTELY_EARLY_INTERVAL.read(lookup), MINUTELY_ALLOWED_LATENESS.read(lookup)));
  }

  private static Setting<Duration> earlyInterval(
      String grain, Duration defaultValue, String window, String advice) {
    return Setting.duration(
        grain + "-early-interval",
        defaultValue,
        Duration.ofMillis(100),
        Duration.ofHours(1),
        "How long a changed " + window + " waits for its early row" + advice);
  }

  private static Setting<Duration> allowedLateness(String grain, String window) {
    return Setting.duration(
        grain + "-allowed-lateness",
        Duration.ofHours(1),
        Duration.ZERO,
        Duration.ofDays(7),
        "How long after its end, in event time, the "
            + window
            + " of a change is still corrected; later changes go to quarantine");
  }

  private static URI withoutTrailingSlash(String text) {
    URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    if (uri.getScheme() == null) {
      throw new IllegalArgumentException("it has no scheme");
    }
    return uri;
  }
}
