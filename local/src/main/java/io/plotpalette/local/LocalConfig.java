package io.plotpalette.local;

import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.model.setting.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * All settings of the laptop, from environment variables or the file {@code .env}.
 *
 * @param dynamoDbEndpoint of a DynamoDB that runs already; null to start one
 * @param bedrockEndpoint of models that run already; null to start the stand-in
 */
public record LocalConfig(
    Path dataFolder,
    ObjectStore objectStore,
    int apiPort,
    int tokenPort,
    int dynamoDbPort,
    int objectStorePort,
    int queuePort,
    int bedrockPort,
    Duration bedrockLatency,
    int flinkPort,
    int parallelism,
    Duration checkpointInterval,
    URI dynamoDbEndpoint,
    URI bedrockEndpoint) {

  /** Where the lake and the checkpoints are. */
  public enum ObjectStore {
    /** An S3 endpoint on this machine, as in the cloud. */
    S3,
    /** Plain folders, for a machine that cannot run the endpoint. */
    FILE
  }

  public static final Setting<Path> DATA_FOLDER =
      new Setting<>(
          "PALETTE_DATA",
          "path",
          "data",
          "folder, relative to the project",
          "All state; `./palette down --wipe` deletes it",
          Path::of);
  public static final Setting<ObjectStore> OBJECT_STORE =
      Setting.choice(
          "PALETTE_OBJECT_STORE",
          ObjectStore.class,
          "s3",
          "Whether the jobs write to a local S3 endpoint or to plain folders");
  static final Setting<Integer> API_PORT =
      port("PALETTE_API_PORT", 8080, "The REST API and its documentation");
  static final Setting<Integer> TOKEN_PORT =
      port("PALETTE_TOKEN_PORT", 8082, "Sign-up, log-in and signing keys");
  static final Setting<Integer> DYNAMODB_PORT =
      port("PALETTE_DYNAMODB_PORT", 8083, "DynamoDB Local");
  static final Setting<Integer> OBJECT_STORE_PORT =
      port("PALETTE_S3_PORT", 8084, "The local S3 endpoint");
  static final Setting<Integer> QUEUE_PORT =
      port("PALETTE_QUEUE_PORT", 8085, "The local SQS endpoint");
  static final Setting<Integer> BEDROCK_PORT =
      port("PALETTE_BEDROCK_PORT", 8086, "The stand-in for Bedrock");
  static final Setting<Duration> BEDROCK_LATENCY =
      Setting.duration(
          "PALETTE_BEDROCK_LATENCY",
          Duration.ofMillis(500),
          Duration.ZERO,
          Duration.ofMinutes(1),
          "Time in which the stand-in answers half of the calls; one in twenty takes twice as long");
  static final Setting<Integer> FLINK_PORT =
      port("PALETTE_FLINK_PORT", 8081, "Flink's web UI and REST API");
  public static final Setting<Integer> PARALLELISM =
      Setting.wholeNumber(
          "PALETTE_PARALLELISM", 1, 1, 16, "subtasks", "Parallelism of the Flink jobs");
  static final Setting<Duration> CHECKPOINT_INTERVAL =
      Setting.duration(
          "PALETTE_CHECKPOINT_INTERVAL",
          Duration.ofSeconds(2),
          Duration.ofMillis(200),
          Duration.ofMinutes(10),
          "How often results become visible. Lower is fresher and writes more small files");

  public static final Setting<URI> DYNAMODB_ENDPOINT =
      new Setting<>(
          "PALETTE_DYNAMODB_ENDPOINT",
          "URI",
          "own",
          "http address, or own",
          "A DynamoDB Local that runs already and is used instead of starting one",
          text -> text.equals("own") ? null : URI.create(text));

  public static final Setting<URI> BEDROCK_ENDPOINT =
      new Setting<>(
          "PALETTE_BEDROCK_ENDPOINT",
          "URI",
          "own",
          "http address, or own",
          "Models that run already and speak Bedrock's protocol, used instead of the stand-in",
          text -> text.equals("own") ? null : URI.create(text));

  /** Every setting, in the order of the documentation. */
  public static List<Setting<?>> settings() {
    return List.of(
        DATA_FOLDER,
        OBJECT_STORE,
        API_PORT,
        TOKEN_PORT,
        DYNAMODB_PORT,
        OBJECT_STORE_PORT,
        QUEUE_PORT,
        BEDROCK_PORT,
        BEDROCK_LATENCY,
        FLINK_PORT,
        PARALLELISM,
        CHECKPOINT_INTERVAL,
        DYNAMODB_ENDPOINT,
        BEDROCK_ENDPOINT);
  }

  /**
   * Reads and checks every setting.
   *
   * @param projectFolder what a relative data folder is relative to
   * @throws io.plotpalette.model.setting.InvalidSettingException naming the key and the way out
   */
  public static LocalConfig read(Path projectFolder, UnaryOperator<String> environment) {
    return new LocalConfig(
        projectFolder.resolve(DATA_FOLDER.read(environment)).toAbsolutePath().normalize(),
        OBJECT_STORE.read(environment),
        API_PORT.read(environment),
        TOKEN_PORT.read(environment),
        DYNAMODB_PORT.read(environment),
        OBJECT_STORE_PORT.read(environment),
        QUEUE_PORT.read(environment),
        BEDROCK_PORT.read(environment),
        BEDROCK_LATENCY.read(environment),
        FLINK_PORT.read(environment),
        PARALLELISM.read(environment),
        CHECKPOINT_INTERVAL.read(environment),
        DYNAMODB_ENDPOINT.read(environment),
        BEDROCK_ENDPOINT.read(environment));
  }

  /** Where DynamoDB answers while the product runs. */
  public URI dynamoDb() {
    return dynamoDbEndpoint == null ? Loopback.endpoint(dynamoDbPort) : dynamoDbEndpoint;
  }

  /** Where models answer while the product runs. */
  public URI bedrock() {
    return bedrockEndpoint == null ? Loopback.endpoint(bedrockPort) : bedrockEndpoint;
  }

  /** Which setting gave this port. */
  Setting<Integer> settingOfPort(int port) {
    if (port == apiPort) {
      return API_PORT;
    }
    if (port == tokenPort) {
      return TOKEN_PORT;
    }
    if (port == dynamoDbPort) {
      return DYNAMODB_PORT;
    }
    if (port == queuePort) {
      return QUEUE_PORT;
    }
    if (port == bedrockPort) {
      return BEDROCK_PORT;
    }
    return port == objectStorePort ? OBJECT_STORE_PORT : FLINK_PORT;
  }

  private static Setting<Integer> port(String key, int defaultPort, String description) {
    return Setting.wholeNumber(key, defaultPort, 1024, 65_535, "TCP port", description);
  }
}
