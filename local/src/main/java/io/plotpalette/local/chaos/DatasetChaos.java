package io.plotpalette.local.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plotpalette.generator.DatasetGenerationJob;
import io.plotpalette.local.LocalConfig;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.ScratchFolder;
import io.plotpalette.local.datasets.DirectJobs;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.process.ChildJvm;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.table.Tables;
import io.plotpalette.model.template.ModelChoice;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateStep;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Kills the product's process over and over while datasets are made, and then holds files, journal
 * and the provider's bill against each other. Tables and models are in processes that are left
 * alone: they stand for services that do not die with the job.
 */
public final class DatasetChaos {
  private static final int MAX_IN_FLIGHT = 48;
  private static final int MAX_TOKENS = 100;
  private static final int RECORDS_A_KILL = 300;
  private static final Duration LATENCY = Duration.ofMillis(300);
  private static final Duration UP = Duration.ofMinutes(2);
  private static final Duration WITHOUT_PROGRESS = Duration.ofMinutes(5);

  /** How far behind the first calls after a start a kill may come, in milliseconds. */
  private static final int AFTER_THE_FIRST_CALLS = 6_000;

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Options options;
  private final PrintWriter out;
  private final Random random;
  private final HttpClient http = HttpClient.newHttpClient();
  private final long start = System.nanoTime();
  private final Map<String, Long> limits = new HashMap<>();
  private final Map<String, String> modelsOf = new HashMap<>();
  private URI models;
  private long inFlightAtKills;

  /**
   * How much of it.
   *
   * @param kills at least 1
   * @param seed decides when kills come, as far as processes can be told
   * @param keep the folder of the run, for a look at it
   * @param loseJournal at every kill, on purpose: the run must then find calls paid twice
   */
  public record Options(int kills, long seed, boolean keep, boolean loseJournal) {}

  public DatasetChaos(Options options, PrintWriter out) {
    this.options = options;
    this.out = out;
    this.random = new Random(options.seed());
  }

  /** Runs to its end; minutes. */
  public DatasetChaosReport run() throws Exception {
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    try (ScratchFolder scratch = ScratchFolder.temporary("palette-chaos-", options.keep())) {
      say("Seed %d, everything in %s".formatted(options.seed(), scratch.folder()));
      return run(scratch.folder());
    }
  }

  private DatasetChaosReport run(Path folder) throws Exception {
    try (ChildJvm table = child(folder, "dynamodb");
        ChildJvm standIn = child(folder, "bedrock", "--latency", LATENCY.toString())) {
      URI dynamoDb = URI.create(table.awaitLine("DynamoDB answers at ", UP));
      models = URI.create(standIn.awaitLine("Models answer at ", UP));
      Map<String, String> settings =
          Map.of(
              LocalConfig.DYNAMODB_ENDPOINT.key(), dynamoDb.toString(),
              LocalConfig.BEDROCK_ENDPOINT.key(), models.toString(),
              // The seed data is put there before anything runs.
              LocalConfig.OBJECT_STORE.key(), "file");
      try (Product product = new Product(folder, DatasetGenerationJob.NAME, settings);
          DynamoDbClient client = DynamoDbLocalServer.client(dynamoDb)) {
        new TableCreator(client, PaletteServer.STAGE).createAbsent(Tables.all());
        DirectJobs jobs = new DirectJobs(client, PaletteServer.STAGE, product.bucket());
        queue(jobs);
        for (int kill = 1; kill <= options.kills(); kill++) {
          product.start(1 + kill % 2);
          kill(product, jobs, kill);
          if (options.loseJournal()) {
            jobs.forgetJournal(limits.keySet());
          }
        }
        product.start(1);
        awaitEnd(product, jobs);
        product.stop();
        return report(product, jobs);
      }
    }
  }

  private static ChildJvm child(Path folder, String... command) throws IOException {
    return ChildJvm.start(
        Files.createDirectories(folder.resolve("tmp-" + command[0])),
        folder.resolve(command[0] + ".out"),
        Map.of(),
        command);
  }

  /** Each with a model of its own, so that the bill tells them apart. */
  private void queue(DirectJobs jobs) {
    long records = (long) RECORDS_A_KILL * options.kills();
    queue(jobs, "anthropic.claude-3-haiku-20240307-v1:0", records, new Money(1_000_000_000_000L));
    // For about half of the records.
    queue(jobs, "anthropic.claude-3-sonnet-20240229-v1:0", records, new Money(700_000L * records));
    queue(jobs, "amazon.nova-lite-v1:0", records / 2 + 1, new Money(1_000_000_000_000L));
  }

  private void queue(DirectJobs jobs, String model, long records, Money limit) {
    List<TemplateStep> steps =
        List.of(
            step("draft", model, "Write a line about the number {{ number }}."),
            step("better", model, "Improve this line: {{ steps.draft.output }}"));
    String id =
        jobs.queue(
            jobs.template(new TemplateDefinition("chaos", "", steps, null)),
            new Terms(records, limit, JobPriority.NORMAL, MAX_IN_FLIGHT, options.seed()));
    limits.put(id, limit.nanoUsd());
    modelsOf.put(id, model);
  }

  private static TemplateStep step(String id, String model, String prompt) {
    return new TemplateStep(
        id, new ModelChoice.Named(model), prompt, MAX_TOKENS, 0.7, OutputFormat.TEXT, null, null);
  }

  private void kill(Product product, DirectJobs jobs, int number) throws Exception {
    boolean whileItRestores = random.nextInt(4) == 0;
    if (whileItRestores) {
      product.awaitJobSubmitted();
    } else {
      long served = bill().get("calls_served").longValue();
      long deadline = System.nanoTime() + WITHOUT_PROGRESS.toNanos();
      while (bill().get("calls_served").longValue() == served && !areOver(jobs)) {
        if (System.nanoTime() > deadline) {
          throw new TimeoutException("no call within " + WITHOUT_PROGRESS);
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
    TimeUnit.MILLISECONDS.sleep(random.nextInt(whileItRestores ? 500 : AFTER_THE_FIRST_CALLS));
    product.kill();
    long live = limits.keySet().stream().filter(id -> !isOver(jobs, id)).count();
    inFlightAtKills += live * MAX_IN_FLIGHT;
    say(
        "kill %d of %d %s, %d jobs not over, %,d calls served"
            .formatted(
                number,
                options.kills(),
                whileItRestores ? "while it restores" : "while it calls",
                live,
                bill().get("calls_served").longValue()));
  }

  private boolean areOver(DirectJobs jobs) {
    return limits.keySet().stream().allMatch(id -> isOver(jobs, id));
  }

  private static boolean isOver(DirectJobs jobs, String id) {
    return jobs.progress(id).state().isFinal();
  }

  private void awaitEnd(Product product, DirectJobs jobs) throws Exception {
    product.awaitUp();
    long served = -1;
    long deadline = 0;
    while (!areOver(jobs)) {
      long now = bill().get("calls_served").longValue();
      if (now > served) {
        served = now;
        deadline = System.nanoTime() + WITHOUT_PROGRESS.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "no call and no end within "
                + WITHOUT_PROGRESS
                + ": "
                + limits.keySet().stream().map(jobs::progress).toList());
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private DatasetChaosReport report(Product product, DirectJobs jobs) throws Exception {
    while (bill().get("calls_in_progress").longValue() > 0) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    JsonNode bill = bill();
    JournalAudit audit = JournalAudit.NOTHING;
    long lost = 0;
    long duplicated = 0;
    long overshoot = 0;
    for (String id : limits.keySet()) {
      JobProgress progress = jobs.progress(id);
      Counts counts = progress.figures().counts();
      audit = audit.plus(JournalAudit.of(jobs.journal(id)));
      long billed =
          bill.path("by_model").path(modelsOf.get(id)).path("billed_nano_usd").longValue();
      overshoot += Math.max(0, billed - limits.get(id));
      Map<Long, Integer> times = recordsOf(product.bucket(), id);
      long expected = counts.requested() - counts.notStarted();
      lost += Math.max(0, expected - times.size());
      duplicated += times.values().stream().mapToLong(count -> count - 1L).sum();
      say(
          "%s: %s of %,d records, %,d in files; billed %s USD of %s"
              .formatted(
                  progress.state(),
                  counts.ok(),
                  counts.requested(),
                  times.size(),
                  new Money(billed).toUsd(),
                  new Money(limits.get(id)).toUsd()));
    }
    return new DatasetChaosReport(
        options.kills(),
        lost,
        duplicated,
        audit.repaidAfterJournal(),
        bill.get("calls_served").longValue() - audit.answeredSteps(),
        inFlightAtKills,
        audit.leftOpen(),
        new Money(overshoot),
        bill.get("calls_served").longValue(),
        Duration.ofNanos(System.nanoTime() - start),
        options.seed());
  }

  /** How often each record stands in the files of the finished dataset. */
  private static Map<Long, Integer> recordsOf(Path bucket, String jobId) throws IOException {
    Map<Long, Integer> times = new HashMap<>();
    for (String key :
        List.of(
            JobPaths.dataset(jobId, ExportFormat.JSONL),
            JobPaths.failedRecords(jobId),
            JobPaths.rejectedRecords(jobId))) {
      Path file = bucket.resolve(key);
      if (Files.exists(file)) {
        try (Stream<String> lines = Files.lines(file)) {
          for (String line : (Iterable<String>) lines::iterator) {
            times.merge(JSON.readTree(line).get("record_index").longValue(), 1, Integer::sum);
          }
        }
      }
    }
    return times;
  }

  private JsonNode bill() throws IOException, InterruptedException {
    return JSON.readTree(
        http.send(
                HttpRequest.newBuilder(models.resolve("/stand-in/bill")).build(),
                HttpResponse.BodyHandlers.ofByteArray())
            .body());
  }

  private void say(String line) {
    out.printf("%4d s  %s%n", Duration.ofNanos(System.nanoTime() - start).toSeconds(), line);
    out.flush();
  }
}
