package io.plotpalette.local;

import io.plotpalette.generator.DatasetGenerationJob;
import io.plotpalette.generator.GeneratorJobConfig;
import io.plotpalette.local.bedrock.BedrockStandIn;
import io.plotpalette.local.bedrock.PriceList;
import io.plotpalette.local.bedrock.StandInBehaviour;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.flink.LocalFlink;
import io.plotpalette.local.identity.TokenServer;
import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.local.loopback.PortInUseException;
import io.plotpalette.local.objectstore.ObjectStoreServer;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.setting.DatasetGenerationKeys;
import io.plotpalette.model.table.Tables;
import io.plotpalette.stream.StreamJobConfig;
import io.plotpalette.stream.TaskInsightsJob;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The whole product in this process: stand-ins for what AWS provides, and in front and behind them
 * the classes that run in the cloud.
 */
public final class PaletteServer implements AutoCloseable {
  public static final String STAGE = "local";
  public static final String REGION = TokenServer.REGION;
  public static final String CLIENT_ID = TokenServer.CLIENT_ID;

  /**
   * DynamoDB Local cuts the stream's times to the minute, so the watermark must stay more than a
   * minute behind.
   */
  private static final Duration WATERMARK_BOUND = Duration.ofSeconds(65);

  /** Any will do: the same prompt is to be answered the same way after a restart. */
  private static final long STAND_IN_SEED = 1;

  private static final Logger LOG = LoggerFactory.getLogger(PaletteServer.class);

  private final LocalConfig config;
  private final DataFolder data;
  private final Parts parts = new Parts();
  private ApiServer api;

  private PaletteServer(LocalConfig config) {
    this.config = config;
    this.data = new DataFolder(config.dataFolder());
  }

  /**
   * Starts everything and goes on with the state in the data folder.
   *
   * @param plugins folder with Flink's plugins, made by the build
   * @param progress told what is being started
   * @throws UsageException if a port or the data folder is taken
   */
  public static PaletteServer start(LocalConfig config, Path plugins, Consumer<String> progress)
      throws Exception {
    PaletteServer server = new PaletteServer(config);
    try {
      server.startAll(plugins, progress);
      return server;
    } catch (Throwable e) {
      // Also after errors: what runs already would keep the process and its lock alive.
      server.closeAfter(e);
      if (e instanceof PortInUseException taken) {
        throw new UsageException(
            "Port %d, for %s, is taken. Free it, or set %s to another one."
                .formatted(taken.port(), taken.what(), config.settingOfPort(taken.port()).key()),
            taken);
      }
      throw e;
    }
  }

  /** Closes, without hiding why. */
  public void closeAfter(Throwable failure) {
    parts.closeAfter(failure);
  }

  private void startAll(Path plugins, Consumer<String> progress) throws Exception {
    FileLock lock = data.lock();
    parts.closeLater(lock.channel());
    // The jobs take credentials from where they do in the cloud, the environment of the process.
    System.setProperty("aws.accessKeyId", ObjectStoreServer.ACCESS_KEY_ID);
    System.setProperty("aws.secretAccessKey", ObjectStoreServer.SECRET_ACCESS_KEY);

    // Hadoop's S3 client still uses the first SDK, which says so at length.
    System.setProperty("aws.java.v1.disableDeprecationAnnouncement", "true");

    if (config.dynamoDbEndpoint() == null) {
      progress.accept("Starting DynamoDB …");
      parts.closeLater(DynamoDbLocalServer.onDisk(data.dynamoDb(), config.dynamoDbPort()));
    }
    try (DynamoDbClient dynamoDb = DynamoDbLocalServer.client(dynamoDb())) {
      new TableCreator(dynamoDb, STAGE).createAbsent(Tables.all());
    }
    if (config.objectStore() == LocalConfig.ObjectStore.S3) {
      progress.accept("Starting the object store …");
      parts.closeLater(
          new ObjectStoreServer(data.objects(), DataFolder.BUCKET, config.objectStorePort()));
    }
    SampleFiles.write(data.bucket());
    progress.accept("Starting log-in, queue and API …");
    api =
        parts.closeLater(
            ApiServer.start(
                new ApiServer.Options(
                    config.apiPort(),
                    config.tokenPort(),
                    config.queuePort(),
                    data,
                    dynamoDb(),
                    Loopback.endpoint(config.objectStorePort()))));
    if (config.bedrockEndpoint() == null) {
      progress.accept("Starting the models …");
      parts.closeLater(
          new BedrockStandIn(
              new BedrockStandIn.Options(
                  config.bedrockPort(),
                  STAND_IN_SEED,
                  StandInBehaviour.answering(
                      config.bedrockLatency(), config.bedrockLatency().multipliedBy(2)),
                  false),
              PriceList.of(ModelCatalogue.builtIn())));
    }
    progress.accept("Starting Flink and its jobs …");
    startJobs(plugins);
    LOG.info("everything is up, state in {}", data.root());
  }

  private void startJobs(Path plugins) throws Exception {
    Configuration fileSystems = new Configuration();
    URI lake = data.bucket().toUri();
    if (config.objectStore() == LocalConfig.ObjectStore.S3) {
      lake = URI.create("s3://" + DataFolder.BUCKET);
      fileSystems.setString("s3.endpoint", Loopback.endpoint(config.objectStorePort()).toString());
      fileSystems.setString("s3.path.style.access", "true");
      fileSystems.setString("s3.access-key", ObjectStoreServer.ACCESS_KEY_ID);
      fileSystems.setString("s3.secret-key", ObjectStoreServer.SECRET_ACCESS_KEY);
      fileSystems.setString("fs.s3a.endpoint.region", REGION);
    }
    LocalFlink flink =
        parts.closeLater(
            LocalFlink.start(
                new LocalFlink.Options(
                    config.flinkPort(),
                    config.parallelism(),
                    config.checkpointInterval(),
                    data.flink(),
                    data.log(),
                    plugins,
                    fileSystems)));
    StreamJobConfig taskInsights = taskInsights(config, lake);
    flink.run(TaskInsightsJob.NAME, env -> TaskInsightsJob.connect(env, taskInsights));
    GeneratorJobConfig datasets = datasetGeneration(config, lake);
    flink.run(DatasetGenerationJob.NAME, env -> DatasetGenerationJob.connect(env, datasets));
  }

  /** The settings of stream-job on a laptop. */
  public static StreamJobConfig taskInsights(LocalConfig config, URI lake) {
    Map<String, String> settings = new HashMap<>();
    settings.put("tasks-table", Tables.TASKS.physicalName(STAGE));
    settings.put("lake-uri", lake.toString());
    settings.put("region", REGION);
    settings.put("dynamodb-endpoint", config.dynamoDb().toString());
    settings.put("watermark-bound", WATERMARK_BOUND.toString());
    settings.put("idle-poll-interval", "PT0.1S");
    settings.put("runs-table", Tables.RUNS.physicalName(STAGE));
    // So that every insight is as fresh as a checkpoint lets it be; in the cloud days cost more.
    for (String grain : List.of("hourly", "daily", "minutely")) {
      settings.put(grain + "-early-interval", config.checkpointInterval().dividedBy(2).toString());
    }
    return StreamJobConfig.read(settings::get);
  }

  /** The settings of generator-job on a laptop. */
  public static GeneratorJobConfig datasetGeneration(LocalConfig config, URI bucket) {
    Map<String, String> settings = new HashMap<>();
    settings.put(DatasetGenerationKeys.JOBS_TABLE, Tables.JOBS.physicalName(STAGE));
    settings.put(DatasetGenerationKeys.TEMPLATES_TABLE, Tables.TEMPLATES.physicalName(STAGE));
    settings.put(DatasetGenerationKeys.CALL_JOURNAL_TABLE, Tables.CALL_JOURNAL.physicalName(STAGE));
    settings.put(
        DatasetGenerationKeys.COST_TRACKING_TABLE, Tables.COST_TRACKING.physicalName(STAGE));
    settings.put(DatasetGenerationKeys.RUNS_TABLE, Tables.RUNS.physicalName(STAGE));
    settings.put(DatasetGenerationKeys.BUCKET_URI, bucket.toString());
    settings.put(DatasetGenerationKeys.REGION, REGION);
    settings.put("dynamodb-endpoint", config.dynamoDb().toString());
    settings.put("bedrock-endpoint", config.bedrock().toString());
    settings.put("idle-poll-interval", "PT0.1S");
    settings.put("export-look-interval", "PT0.5S");
    settings.put("run-parallelism", Integer.toString(config.parallelism()));
    return GeneratorJobConfig.read(settings::get);
  }

  public URI api() {
    return Loopback.endpoint(config.apiPort());
  }

  public URI tokens() {
    return Loopback.endpoint(config.tokenPort());
  }

  /** Speaks SQS's protocol. */
  public URI queue() {
    return Loopback.endpoint(config.queuePort());
  }

  /** Speaks Bedrock's Converse protocol. */
  public URI bedrock() {
    return config.bedrock();
  }

  public URI dynamoDb() {
    return config.dynamoDb();
  }

  public URI flink() {
    return Loopback.endpoint(config.flinkPort());
  }

  /** The folder that holds {@code lake/}. */
  public Path bucket() {
    return data.bucket();
  }

  /** A new user's access token; {@code name} begins the user's address. */
  public String signUpAndLogIn(HttpClient http, String name) throws Exception {
    return api.signUpAndLogIn(http, name);
  }

  /** Where everything answers, for a person. */
  public String endpoints() {
    return """
        Plot Palette is up.
          API            %s/v1   (try it: %s/docs)
          Tokens         %s      (Cognito's protocol, client id %s; codes arrive in %s)
          Flink          %s
          DynamoDB       %s
          Queue          %s      (SQS's protocol)
          Models         %s      (Bedrock's protocol, made-up texts; %s/stand-in/bill)
          Lake           %s
          Log            %s
        Ask the lake with ./palette sql; stop with Ctrl-C or ./palette down."""
        .formatted(
            api(),
            api(),
            tokens(),
            CLIENT_ID,
            data.mail(),
            flink(),
            dynamoDb(),
            queue(),
            bedrock(),
            bedrock(),
            data.bucket().resolve("lake"),
            data.log());
  }

  /** Stops everything, last started first; the state stays. */
  @Override
  public void close() throws Exception {
    parts.close();
  }
}
