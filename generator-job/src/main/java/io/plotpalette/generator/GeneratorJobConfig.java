package io.plotpalette.generator;

import io.plotpalette.generator.operators.ExportOptions;
import io.plotpalette.generator.operators.RunOptions;
import io.plotpalette.generator.operators.ScheduleOptions;
import io.plotpalette.generator.tables.DynamoDbStores;
import io.plotpalette.model.setting.DatasetGenerationKeys;
import io.plotpalette.model.setting.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * All settings of generator-job. Checkpointing and state backend are not among them: they belong to
 * whoever runs the job (the managed service, or the laptop's cluster).
 *
 * @param runParallelism of everything but the source and the schedule
 */
public record GeneratorJobConfig(
    Resources resources,
    Reading reading,
    Models models,
    int runParallelism,
    int maxConcurrentJobs,
    Duration jobLookInterval,
    Journal journal,
    Duration exportLookInterval,
    int exportMemoryMib) {

  /**
   * Where everything is.
   *
   * @param bucketUri what lies above {@code jobs/} and {@code seed-data/}
   * @param dynamoDbEndpoint null for the region's own
   * @param bedrockEndpoint null for the region's own
   */
  public record Resources(
      String jobsTable,
      String templatesTable,
      String callJournalTable,
      String costTrackingTable,
      String runsTable,
      URI bucketUri,
      String region,
      URI dynamoDbEndpoint,
      URI bedrockEndpoint) {}

  /** How the stream of jobs is read. */
  public record Reading(Duration discoveryInterval, Duration idlePollInterval) {}

  /**
   * How models are called.
   *
   * @param catalogue null for the one that comes with the product
   */
  public record Models(URI catalogue, int maxConcurrency, Duration callTimeout, int threads) {}

  /** How the call journal is written. */
  public record Journal(int buckets, Duration maxDelay) {}

  static final Setting<String> JOBS_TABLE =
      table(DatasetGenerationKeys.JOBS_TABLE, "whose stream is read and to which progress goes");
  static final Setting<String> TEMPLATES_TABLE =
      table(DatasetGenerationKeys.TEMPLATES_TABLE, "of the templates");
  static final Setting<String> CALL_JOURNAL_TABLE =
      table(DatasetGenerationKeys.CALL_JOURNAL_TABLE, "of what was asked of models and paid");
  static final Setting<String> COST_TRACKING_TABLE =
      table(DatasetGenerationKeys.COST_TRACKING_TABLE, "of what jobs have cost");
  static final Setting<String> RUNS_TABLE =
      table(DatasetGenerationKeys.RUNS_TABLE, "in which every export leaves a row");
  static final Setting<URI> BUCKET_URI =
      new Setting<>(
          DatasetGenerationKeys.BUCKET_URI,
          "URI",
          null,
          "s3://bucket or file:///folder",
          "What lies above the folders jobs/ and seed-data/",
          GeneratorJobConfig::withoutTrailingSlash);
  static final Setting<String> REGION =
      Setting.text(
          DatasetGenerationKeys.REGION, null, "AWS region", "Region of the tables and models");
  static final Setting<URI> DYNAMODB_ENDPOINT =
      endpoint("dynamodb-endpoint", "Where DynamoDB and its streams answer");
  static final Setting<URI> BEDROCK_ENDPOINT =
      endpoint("bedrock-endpoint", "Where the models answer");
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
          "Pause after an empty read of a shard. Too low costs requests; too high, a job starts"
              + " later");
  static final Setting<URI> MODEL_CATALOGUE =
      new Setting<>(
          "model-catalogue",
          "URI",
          "built-in",
          "s3:// or file:// of a file, or built-in",
          "The models with their prices and quotas; must be the one the API has",
          text -> text.equals("built-in") ? null : URI.create(text));
  static final Setting<Integer> MODEL_CONCURRENCY =
      Setting.wholeNumber(
          "model-concurrency",
          1_000,
          1,
          20_000,
          "calls",
          "Most calls to one model at once, over all jobs; fewer while the model throttles");
  static final Setting<Duration> CALL_TIMEOUT =
      Setting.duration(
          "call-timeout",
          Duration.ofMinutes(2),
          Duration.ofMillis(100),
          Duration.ofMinutes(60),
          "After which a call is given up; it may have been billed, so it counts in full");
  static final Setting<Integer> PROMPT_THREADS =
      Setting.wholeNumber(
          "prompt-threads",
          2,
          1,
          64,
          "threads of each subtask",
          "Threads that render prompts and check outputs");
  static final Setting<Integer> RUN_PARALLELISM =
      Setting.wholeNumber(
          "run-parallelism",
          1,
          1,
          32,
          "subtasks",
          "Subtasks that make calls; each gets its share of the models' quotas. One is enough for"
              + " thousands of calls at once");
  static final Setting<Integer> MAX_CONCURRENT_JOBS =
      Setting.wholeNumber(
          "max-concurrent-jobs", 5, 1, 1_000, "jobs", "Jobs that run at once; others wait");
  static final Setting<Duration> JOB_LOOK_INTERVAL =
      Setting.duration(
          "job-look-interval",
          Duration.ofMinutes(1),
          Duration.ofMillis(100),
          Duration.ofHours(1),
          "How often all jobs that are not over are looked at, whatever the stream says");
  static final Setting<Integer> JOURNAL_BUCKETS =
      Setting.wholeNumber(
          "journal-buckets",
          8,
          1,
          99,
          "buckets",
          "Over which the journal of a job is spread. Changed only while no job runs: a job keeps"
              + " the number it started with");
  static final Setting<Duration> JOURNAL_MAX_DELAY =
      Setting.duration(
          "journal-max-delay",
          Duration.ofMillis(5),
          Duration.ZERO,
          Duration.ofSeconds(1),
          "How long entries of the journal wait for others. Too low costs writes, too high"
              + " throughput");
  static final Setting<Duration> EXPORT_LOOK_INTERVAL =
      Setting.duration(
          "export-look-interval",
          Duration.ofSeconds(2),
          Duration.ofMillis(100),
          Duration.ofMinutes(10),
          "How often the files of a stopped job are looked at until all are visible");
  static final Setting<Integer> EXPORT_MEMORY_MIB =
      Setting.wholeNumber(
          "export-memory-mib",
          128,
          16,
          16_384,
          "MiB of heap",
          "What an export may take for records; the rest is on local disk");

  /** Every setting, in the order of the documentation. */
  public static List<Setting<?>> settings() {
    return List.of(
        JOBS_TABLE,
        TEMPLATES_TABLE,
        CALL_JOURNAL_TABLE,
        COST_TRACKING_TABLE,
        RUNS_TABLE,
        BUCKET_URI,
        REGION,
        DYNAMODB_ENDPOINT,
        BEDROCK_ENDPOINT,
        DISCOVERY_INTERVAL,
        IDLE_POLL_INTERVAL,
        MODEL_CATALOGUE,
        MODEL_CONCURRENCY,
        CALL_TIMEOUT,
        PROMPT_THREADS,
        RUN_PARALLELISM,
        MAX_CONCURRENT_JOBS,
        JOB_LOOK_INTERVAL,
        JOURNAL_BUCKETS,
        JOURNAL_MAX_DELAY,
        EXPORT_LOOK_INTERVAL,
        EXPORT_MEMORY_MIB);
  }

  /**
   * Reads and checks every setting.
   *
   * @throws io.plotpalette.model.setting.InvalidSettingException naming the key and the way out
   */
  public static GeneratorJobConfig read(UnaryOperator<String> lookup) {
    return new GeneratorJobConfig(
        new Resources(
            JOBS_TABLE.read(lookup),
            TEMPLATES_TABLE.read(lookup),
            CALL_JOURNAL_TABLE.read(lookup),
            COST_TRACKING_TABLE.read(lookup),
            RUNS_TABLE.read(lookup),
            BUCKET_URI.read(lookup),
            REGION.read(lookup),
            DYNAMODB_ENDPOINT.read(lookup),
            BEDROCK_ENDPOINT.read(lookup)),
        new Reading(DISCOVERY_INTERVAL.read(lookup), IDLE_POLL_INTERVAL.read(lookup)),
        new Models(
            MODEL_CATALOGUE.read(lookup),
            MODEL_CONCURRENCY.read(lookup),
            CALL_TIMEOUT.read(lookup),
            PROMPT_THREADS.read(lookup)),
        RUN_PARALLELISM.read(lookup),
        MAX_CONCURRENT_JOBS.read(lookup),
        JOB_LOOK_INTERVAL.read(lookup),
        new Journal(JOURNAL_BUCKETS.read(lookup), JOURNAL_MAX_DELAY.read(lookup)),
        EXPORT_LOOK_INTERVAL.read(lookup),
        EXPORT_MEMORY_MIB.read(lookup));
  }

  ScheduleOptions schedule() {
    return new ScheduleOptions(maxConcurrentJobs, jobLookInterval.toMillis());
  }

  RunOptions run() {
    return new RunOptions(
        resources.bucketUri(),
        resources.region(),
        models.catalogue(),
        models.maxConcurrency(),
        models.threads(),
        new RunOptions.Journal(journal.buckets(), journal.maxDelay().toMillis()));
  }

  ExportOptions export() {
    return new ExportOptions(
        resources.bucketUri(), exportLookInterval.toMillis(), exportMemoryMib * 1024L * 1024);
  }

  DynamoDbStores.Address stores() {
    return new DynamoDbStores.Address(
        resources.region(),
        resources.dynamoDbEndpoint(),
        resources.jobsTable(),
        resources.templatesTable(),
        resources.callJournalTable());
  }

  private static Setting<String> table(String key, String what) {
    return Setting.text(key, null, "table name", "DynamoDB table " + what);
  }

  private static Setting<URI> endpoint(String key, String what) {
    return new Setting<>(
        key,
        "URI",
        "aws",
        "http address, or aws",
        what + "; aws is the region's own endpoint",
        text -> text.equals("aws") ? null : URI.create(text));
  }

  private static URI withoutTrailingSlash(String text) {
    URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    if (uri.getScheme() == null) {
      throw new IllegalArgumentException("it has no scheme");
    }
    return uri;
  }
}
