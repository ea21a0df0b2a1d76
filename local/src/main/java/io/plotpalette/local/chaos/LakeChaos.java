package io.plotpalette.local.chaos;

import io.plotpalette.local.LocalConfig;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.ScratchFolder;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.process.ChildJvm;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.local.verify.Difference;
import io.plotpalette.local.verify.LakeVerification;
import io.plotpalette.model.table.Tables;
import io.plotpalette.stream.TaskInsightsJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Kills the product's process over and over while tasks are written at full speed, and then holds
 * the lake against what the table acknowledged. The table itself is in a process that is left
 * alone: it stands for a service that does not die with the job.
 */
public final class LakeChaos {
  private static final int MAX_PARALLELISM = 3;
  private static final int KILLS_A_SAVEPOINT = 5;
  private static final int VERIFY_EXAMPLES = 5;

  /** By how many kills' share the changes may run ahead: more than is written in one restart. */
  private static final int AHEAD = 2;

  private static final Duration DYNAMODB_UP = Duration.ofMinutes(2);
  private static final Duration WITHOUT_PROGRESS = Duration.ofMinutes(4);
  private static final Duration SETTLED = Duration.ofMinutes(5);
  private static final Duration MOMENT = Duration.ofMinutes(2);

  // How far behind its cue a kill may come, in milliseconds.
  private static final int ANY_TIME = 8_000;
  private static final int AFTER_A_START = 3_000;
  private static final int IN_RESTORE = 200;
  private static final int IN_A_CHECKPOINT = 15;
  private static final int AFTER_A_CHECKPOINT = 40;

  private final Options options;
  private final PrintWriter out;
  private final Random random;
  private final Map<KillMoment, Integer> moments = new EnumMap<>(KillMoment.class);
  private final Set<Integer> parallelisms = new TreeSet<>();
  private int parallelism = 1;
  private final long start = System.nanoTime();
  private int kills;
  private int savepoints;

  /**
   * How much of it.
   *
   * @param kills at least 1
   * @param changes that are written at least
   * @param seed decides when and in which order things happen, as far as processes can be told
   * @param keep the folder of the run, for a look at it
   */
  public record Options(int kills, long changes, long seed, boolean keep) {}

  public LakeChaos(Options options, PrintWriter out) {
    this.options = options;
    this.out = out;
    this.random = new Random(options.seed());
  }

  /** Runs to its end; minutes. */
  public ChaosReport run() throws Exception {
    try (ScratchFolder scratch = ScratchFolder.temporary("palette-chaos-", options.keep())) {
      say("Seed %d, everything in %s".formatted(options.seed(), scratch.folder()));
      return run(scratch.folder());
    }
  }

  private ChaosReport run(Path folder) throws Exception {
    try (ChildJvm dynamoDb =
        ChildJvm.start(
            Files.createDirectories(folder.resolve("tmp-dynamodb")),
            folder.resolve("dynamodb.out"),
            Map.of(),
            "dynamodb")) {
      URI endpoint = URI.create(dynamoDb.awaitLine("DynamoDB answers at ", DYNAMODB_UP));
      try (Product product =
              new Product(
                  folder,
                  TaskInsightsJob.NAME,
                  Map.of(LocalConfig.DYNAMODB_ENDPOINT.key(), endpoint.toString()));
          DynamoDbClient client = client(endpoint);
          ChangeLog log = new ChangeLog(folder.resolve("acknowledged.jsonl"))) {
        Outcome outcome = killAndCompare(product, client, log);
        return new ChaosReport(
            moments,
            log.size(),
            outcome.found(),
            outcome.unlikeTheTable(),
            savepoints,
            parallelisms,
            elapsed(),
            options.seed());
      }
    }
  }

  private record Outcome(LakeComparison.Result found, long unlikeTheTable) {}

  private Outcome killAndCompare(Product product, DynamoDbClient client, ChangeLog log)
      throws Exception {
    new TableCreator(client, PaletteServer.STAGE).createAbsent(Tables.all());
    start(product);
    try (LoadWriter load =
        new LoadWriter(
            client,
            Tables.TASKS.physicalName(PaletteServer.STAGE),
            log,
            options.seed(),
            InstantSource.system())) {
      for (KillMoment moment : plan()) {
        load.allow(share(kills + AHEAD));
        kill(product, moment, load, log);
        start(product);
        if (kills % KILLS_A_SAVEPOINT == 0) {
          product.stopWithSavepoint();
          savepoints++;
          say("stopped with a savepoint; %,d changes written".formatted(log.size()));
          start(product);
        }
      }
      awaitChanges(options.changes(), load, log);
      load.stop();
    }
    product.awaitUp();
    say("%d kills, %,d changes written; waiting for the lake …".formatted(kills, log.size()));
    Path written = log.written();
    try (LakeDatabase lake = LakeDatabase.open(product.bucket())) {
      LakeComparison comparison =
          new LakeComparison(lake, written, EnumSet.allOf(InsightGrain.class));
      settle(comparison, log.size());
      // With its files at rest: a last one that appears when the job ends must do no harm either.
      product.stop();
      LakeComparison.Result found = comparison.compare();
      found.examples().forEach(this::say);
      return new Outcome(found, verify(client, lake));
    }
  }

  /** As an operator would; with nothing on its way any more. */
  private long verify(DynamoDbClient client, LakeDatabase lake) throws SQLException {
    List<Difference> differences =
        new LakeVerification(client, InstantSource.system())
            .compare(lake, Duration.ZERO)
            .differences();
    differences.stream().limit(VERIFY_EXAMPLES).map(Difference::describe).forEach(this::say);
    return differences.size();
  }

  /** Every moment as often, in random order. */
  private List<KillMoment> plan() {
    List<KillMoment> plan = new ArrayList<>();
    while (plan.size() < options.kills()) {
      plan.addAll(EnumSet.allOf(KillMoment.class));
    }
    plan.subList(options.kills(), plan.size()).clear();
    Collections.shuffle(plan, random);
    return plan;
  }

  /** With another parallelism than before. */
  private void start(Product product) throws IOException {
    parallelism = 1 + (parallelism + random.nextInt(MAX_PARALLELISM - 1)) % MAX_PARALLELISM;
    parallelisms.add(parallelism);
    product.start(parallelism);
  }

  private void kill(Product product, KillMoment moment, LoadWriter load, ChangeLog log)
      throws Exception {
    CheckpointFolder checkpoints = product.checkpoints();
    // What is completed when the kill comes tells whether it came when it should.
    long fewest = 0;
    long most = Long.MAX_VALUE;
    switch (moment) {
      case ANY -> sleep(ANY_TIME);
      case RESTORE -> {
        most = checkpoints.newestCompleted();
        product.awaitJobSubmitted();
        sleep(IN_RESTORE);
      }
      case BEFORE_FIRST_CHECKPOINT -> {
        most = checkpoints.newestCompleted();
        product.awaitJobRunning();
        sleep(IN_RESTORE);
      }
      case CHECKPOINT -> {
        awaitUpForAWhile(product, load, log);
        most = await(checkpoints::newestBegun) - 1;
        sleep(IN_A_CHECKPOINT);
      }
      case AFTER_CHECKPOINT -> {
        awaitUpForAWhile(product, load, log);
        fewest = await(checkpoints::newestCompleted);
        sleep(AFTER_A_CHECKPOINT);
      }
    }
    product.kill();
    load.check();
    kills++;
    long completed = checkpoints.newestCompleted();
    KillMoment met = fewest <= completed && completed <= most ? moment : KillMoment.ANY;
    moments.merge(met, 1, Integer::sum);
    say(
        "kill %d of %d %s, parallelism %d; %,d changes written"
            .formatted(kills, options.kills(), met.phrase(), parallelism, log.size()));
  }

  private void awaitUpForAWhile(Product product, LoadWriter load, ChangeLog log) throws Exception {
    product.awaitUp();
    awaitShare(load, log);
    sleep(AFTER_A_START);
  }

  /** Number of a checkpoint. */
  @FunctionalInterface
  private interface CheckpointNumber {
    long get() throws IOException;
  }

  /** Returns when the number grows, and what it is then. */
  private static long await(CheckpointNumber number) throws Exception {
    long before = number.get();
    long deadline = System.nanoTime() + MOMENT.toNanos();
    while (true) {
      long now = number.get();
      if (now > before) {
        return now;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("no checkpoint within " + MOMENT);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** Kills are spread over the changes where the table is slow, and these where restarts are. */
  private void awaitShare(LoadWriter load, ChangeLog log) throws InterruptedException {
    awaitChanges(share(kills), load, log);
  }

  /** Of the changes, those that belong to so many of the kills. */
  private long share(int ofKills) {
    return options.changes() * ofKills / options.kills();
  }

  private static void awaitChanges(long changes, LoadWriter load, ChangeLog log)
      throws InterruptedException {
    while (log.size() < changes) {
      load.check();
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** Returns when the lake is as it should be, or when it does not change any more. */
  private static void settle(LakeComparison comparison, long changes) throws Exception {
    long rows = -1;
    long deadline = 0;
    while (rows < changes) {
      long now = comparison.bronzeRows();
      if (now > rows) {
        rows = now;
        deadline = System.nanoTime() + WITHOUT_PROGRESS.toNanos();
      } else if (System.nanoTime() > deadline) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
    deadline = System.nanoTime() + SETTLED.toNanos();
    while (!comparison.compare().isClean() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private void sleep(int atMostMillis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt(atMostMillis));
  }

  /** Retries would write a change twice that was acknowledged to nobody. */
  private static DynamoDbClient client(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.of(PaletteServer.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(60)))
        .build();
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void say(String line) {
    out.printf("%4d s  %s%n", elapsed().toSeconds(), line);
    out.flush();
  }
}
