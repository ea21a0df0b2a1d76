package io.plotpalette.api;

import io.plotpalette.model.setting.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the handlers read from their environment; every function gets the same keys.
 *
 * @param userPoolEndpoint empty for that of the function's own region
 */
public record ApiConfig(
    String tasksTable,
    String taskTombstonesTable,
    String usersTable,
    String idempotencyTable,
    URI taskWritesQueueUrl,
    String dataBucket,
    Optional<URI> userPoolEndpoint,
    Duration tableCallTimeout,
    Datasets datasets) {

  /**
   * What the dataset half needs besides.
   *
   * @param region in which models are called
   */
  public record Datasets(
      String templatesTable,
      String seedDataTable,
      String jobsTable,
      String callJournalTable,
      String costTrackingTable,
      String region) {
    public Datasets {
      Objects.requireNonNull(templatesTable, "templatesTable");
      Objects.requireNonNull(seedDataTable, "seedDataTable");
      Objects.requireNonNull(jobsTable, "jobsTable");
      Objects.requireNonNull(callJournalTable, "callJournalTable");
      Objects.requireNonNull(costTrackingTable, "costTrackingTable");
      Objects.requireNonNull(region, "region");
    }
  }

  private static final Setting<String> TASKS_TABLE =
      Setting.text("TASKS_TABLE", null, "DynamoDB table name", "Table of the tasks");

  private static final Setting<String> TASK_TOMBSTONES_TABLE =
      Setting.text(
          "TASK_TOMBSTONES_TABLE", null, "DynamoDB table name", "Table of the deleted tasks");

  private static final Setting<String> USERS_TABLE =
      Setting.text("USERS_TABLE", null, "DynamoDB table name", "Table of the users");

  private static final Setting<String> IDEMPOTENCY_TABLE =
      Setting.text(
          "IDEMPOTENCY_TABLE",
          null,
          "DynamoDB table name",
          "Table of the requests with an Idempotency-Key and their answers, and of the requests"
              + " that go through the queue");

  private static final Setting<URI> TASK_WRITES_QUEUE_URL =
      uri("TASK_WRITES_QUEUE_URL", null, "SQS queue URL", "Queue of the asynchronous writes");

  private static final Setting<String> DATA_BUCKET =
      Setting.text(
          "DATA_BUCKET", null, "S3 bucket name", "Bucket of exports and imports, below transfers/");

  private static final Setting<URI> USER_POOL_ENDPOINT =
      uri(
          "USER_POOL_ENDPOINT",
          "",
          "URI",
          "Where the user pool's API answers; without it that of the function's region");

  private static final Setting<Duration> TABLE_CALL_TIMEOUT =
      Setting.duration(
          "TABLE_CALL_TIMEOUT",
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          // The gateway gives up after 30 s, and an update makes two calls.
          Duration.ofSeconds(12),
          "How long one call of a table or the queue may take with all its retries before the API answers 503");

  private static final Setting<String> TEMPLATES_TABLE =
      Setting.text("TEMPLATES_TABLE", null, "DynamoDB table name", "Table of the templates");

  private static final Setting<String> SEED_DATA_TABLE =
      Setting.text("SEED_DATA_TABLE", null, "DynamoDB table name", "Table of the seed data");

  private static final Setting<String> JOBS_TABLE =
      Setting.text("JOBS_TABLE", null, "DynamoDB table name", "Table of the generation jobs");

  private static final Setting<String> CALL_JOURNAL_TABLE =
      Setting.text(
          "CALL_JOURNAL_TABLE", null, "DynamoDB table name", "Table of the jobs' call journals");

  private static final Setting<String> COST_TRACKING_TABLE =
      Setting.text(
          "COST_TRACKING_TABLE", null, "DynamoDB table name", "Table of what jobs have cost");

  private static final Setting<String> AWS_REGION =
      Setting.text(
          "AWS_REGION",
          null,
          "AWS region",
          "Where models are called, which decides which there are; Lambda sets it");

  public ApiConfig {
    Objects.requireNonNull(tasksTable, "tasksTable");
    Objects.requireNonNull(taskTombstonesTable, "taskTombstonesTable");
    Objects.requireNonNull(usersTable, "usersTable");
    Objects.requireNonNull(idempotencyTable, "idempotencyTable");
    Objects.requireNonNull(taskWritesQueueUrl, "taskWritesQueueUrl");
    Objects.requireNonNull(dataBucket, "dataBucket");
    Objects.requireNonNull(userPoolEndpoint, "userPoolEndpoint");
    Objects.requireNonNull(tableCallTimeout, "tableCallTimeout");
    Objects.requireNonNull(datasets, "datasets");
  }

  /**
   * Reads all keys from a lookup such as {@code System::getenv}.
   *
   * @throws io.plotpalette.model.setting.InvalidSettingException naming the key and the way out
   */
  public static ApiConfig read(UnaryOperator<String> lookup) {
    return new ApiConfig(
        TASKS_TABLE.read(lookup),
        TASK_TOMBSTONES_TABLE.read(lookup),
        USERS_TABLE.read(lookup),
        IDEMPOTENCY_TABLE.read(lookup),
        TASK_WRITES_QUEUE_URL.read(lookup),
        DATA_BUCKET.read(lookup),
        Optional.of(USER_POOL_ENDPOINT.read(lookup)).filter(URI::isAbsolute),
        TABLE_CALL_TIMEOUT.read(lookup),
        new Datasets(
            TEMPLATES_TABLE.read(lookup),
            SEED_DATA_TABLE.read(lookup),
            JOBS_TABLE.read(lookup),
            CALL_JOURNAL_TABLE.read(lookup),
            COST_TRACKING_TABLE.read(lookup),
            AWS_REGION.read(lookup)));
  }

  /** Every key, for the generated table of settings. */
  public static List<Setting<?>> settings() {
    return List.of(
        TASKS_TABLE,
        TASK_TOMBSTONES_TABLE,
        USERS_TABLE,
        IDEMPOTENCY_TABLE,
        TASK_WRITES_QUEUE_URL,
        DATA_BUCKET,
        USER_POOL_ENDPOINT,
        TABLE_CALL_TIMEOUT,
        TEMPLATES_TABLE,
        SEED_DATA_TABLE,
        JOBS_TABLE,
        CALL_JOURNAL_TABLE,
        COST_TRACKING_TABLE,
        AWS_REGION);
  }

  private static Setting<URI> uri(String key, String defaultText, String unit, String description) {
    return new Setting<>(key, "URI", defaultText, unit, description, ApiConfig::absolute);
  }

  private static URI absolute(String text) {
    URI uri = URI.create(text);
    if (!text.isEmpty() && (!uri.isAbsolute() || uri.getHost() == null)) {
      throw new IllegalArgumentException("it has no scheme or no host");
    }
    return uri;
  }
}
