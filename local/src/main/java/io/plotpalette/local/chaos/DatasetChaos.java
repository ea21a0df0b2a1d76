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
import io.plotpalette.model.job.JobState;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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

  /** On average, so that kills hit the same amount of work on every machine. */
  private static final int CALLS_A_KILL = 300;

  /** So many that jobs are still under way at the last kill, and done soon after it. */
  private static final int RECORDS_A_KILL = 100;

  private static final int RESTORE_MILLIS = 500;
  private static final Duration LATENCY = Duration.ofMillis(300);
  private static final Duration UP = Duration.ofMinutes(2);

  /** A model's quota may be used up for a minute. */
  private static final Duration WITHOUT_PROGRESS = Duration.ofMinutes(3);

  /** How long a process that woke up goes on if nothing stops it. */
  private static final Duration SECOND_LIFE = Duration.ofSeconds(10);

  /** For the writes that were under way with the one that was refused. */
  private static final Duration AFTER_A_REFUSAL = Duration.ofMillis(200);

  private static final Set<JobState> ENDED_WELL =
      EnumSet.of(JobState.COMPLETED, JobState.BUDGET_EXCEEDED);

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Options options;
  private final PrintWriter out;
  private final Random random;
  private final HttpClient http = HttpClient.newHttpClient();
  private final long start = System.nanoTime();
  private final Map<String, Long> limits = new HashMap<>();
  private final Map<String, String> modelsOf = new HashMap<>();
  private final Deque<Product> products = new ArrayDeque<>();
  private final JournalAudit audit = new JournalAudit();
  private URI models;
  private JournalWitness witness;
  private DirectJobs jobs;

  /** Hangs; null if none does. */
  private Product hanging;

  private int hangs;
  private long inFlightAtKills;

  /**
   * How much of it.
   *
   * @param kills at least 1
   * @param seed decides how and when kills come, as far as processes can be told
   * @param keep the folder of the run, for a look at it
   * @param sabotage what is broken on purpose, so that the run must find it
   */
  public record Options(int kills, long seed, boolean keep, Sabotage sabotage) {}

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
      try (DynamoDbClient client = DynamoDbLocalServer.client(dynamoDb);
          JournalWitness started =
              new JournalWitness(
                  dynamoDb,
                  Tables.CALL_JOURNAL.physicalName(PaletteServer.STAGE),
                  options.sabotage(),
                  audit)) {
        witness = started;
        new TableCreator(client, PaletteServer.STAGE).createAbsent(Tables.all());
        products.push(
            new Product(
                folder.resolve("product-1"),
                DatasetGenerationJob.NAME,
                Map.of(
                    LocalConfig.DYNAMODB_ENDPOINT.key(), witness.endpoint().toString(),
                    LocalConfig.BEDROCK_ENDPOINT.key(), models.toString(),
                    // The seed data is put there before anything runs.
                    LocalConfig.OBJECT_STORE.key(), "file")));
        jobs = new DirectJobs(client, PaletteServer.STAGE, product().bucket());
        return killAndReport(folder);
      } finally {
        for (Product product : products) {
          product.close();
        }
      }
    }
  }

  private DatasetChaosReport killAndReport(Path folder) throws Exception {
    queue();
    int number = 0;
    for (DatasetKill kill : DatasetKill.plan(options.kills(), random)) {
      number++;
      product().start(1 + number % 2);
      kill(kill, number, folder);
    }
    product().start(1);
    product().awaitBeginning();
    wakeTheHanging(callsReceived());
    product().awaitUp();
    awaitEnd();
    product().stop();
    return report();
  }

  private Product product() {
    return products.element();
  }

  private static ChildJvm child(Path folder, String... command) throws IOException {
    return ChildJvm.start(
        Files.createDirectories(folder.resolve("tmp-" + command[0])),
        folder.resolve(command[0] + ".out"),
        Map.of(),
        command);
  }

  /** Each with a model of its own, so that the bill tells them apart. */
  private void queue() {
    long records = (long) RECORDS_A_KILL * options.kills();
    queue("anthropic.claude-3-haiku-20240307-v1:0", records, new Money(1_000_000_000_000L));
    // For about half of the records.
    queue("anthropic.claude-3-sonnet-20240229-v1:0", records, new Money(1_100_000L * records));
    queue("amazon.nova-lite-v1:0", records / 2 + 1, new Money(1_000_000_000_000L));
  }

  private void queue(String model, long records, Money limit) {
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

  private void kill(DatasetKill kill, int number, Path folder) throws Exception {
    if (kill == DatasetKill.WHILE_IT_RESTORES) {
      product().awaitJobSubmitted();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(RESTORE_MILLIS));
    } else {
      product().awaitBeginning();
      long before = callsReceived();
      wakeTheHanging(before);
      awaitCalls(before + 1 + random.nextInt(2 * CALLS_A_KILL));
    }
    if (kill == DatasetKill.HANGS_AND_WAKES) {
      product().hang();
    } else {
      product().kill();
    }
    long live = limits.keySet().stream().filter(id -> !isOver(id)).count();
    inFlightAtKills += live * MAX_IN_FLIGHT;
    say(
        "kill %d of %d %s, %d jobs not over, %,d calls served"
            .formatted(
                number,
                options.kills(),
                kill.phrase(),
                live,
                bill().get("calls_served").longValue()));
    if (kill == DatasetKill.HANGS_AND_WAKES) {
      hangs++;
      hanging = product();
      products.push(hanging.withoutState(folder.resolve("product-" + (1 + products.size()))));
    }
  }

  /** Once its successor has the journal and makes calls, so that there are two. */
  private void wakeTheHanging(long callsBefore) throws Exception {
    if (hanging == null) {
      return;
    }
    awaitCalls(callsBefore + 1);
    long refused = witness.refused();
    hanging.wake();
    long deadline = System.nanoTime() + SECOND_LIFE.toNanos();
    while (witness.refused() == refused && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    boolean met = witness.refused() > refused;
    if (met) {
      // Its job would start again after a second, and take the journal back.
      TimeUnit.MILLISECONDS.sleep(AFTER_A_REFUSAL.toMillis());
    }
    hanging.kill();
    hanging = null;
    say(
        "the one that hung woke up beside its successor; %d of its writes were refused"
            .formatted(witness.refused() - refused));
  }

  /** Returns when models have been asked so often, or there is nothing to ask any more. */
  private void awaitCalls(long calls) throws Exception {
    long deadline = System.nanoTime() + WITHOUT_PROGRESS.toNanos();
    while (callsReceived() < calls && !areOver()) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("models were not asked %d times".formatted(calls));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private long callsReceived() throws IOException, InterruptedException {
    return bill().get("calls_received").longValue();
  }

  private boolean areOver() {
    return limits.keySet().stream().allMatch(this::isOver);
  }

  private boolean isOver(String id) {
    return jobs.progress(id).state().isFinal();
  }

  /** Returns when every job is over, or when nothing happens any more. */
  private void awaitEnd() throws Exception {
    long served = -1;
    long deadline = 0;
    while (!areOver()) {
      long now = bill().get("calls_served").longValue();
      if (now > served) {
        served = now;
        deadline = System.nanoTime() + WITHOUT_PROGRESS.toNanos();
      } else if (System.nanoTime() > deadline) {
        say("no call and no end within " + WITHOUT_PROGRESS);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private DatasetChaosReport report() throws Exception {
    while (bill().get("calls_in_progress").longValue() > 0) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    JsonNode bill = bill();
    JournalAudit.Sums journalled = audit.sums();
    long lost = 0;
    long duplicated = 0;
    long overshoot = 0;
    int notEnded = 0;
    for (String id : limits.keySet()) {
      JobProgress progress = jobs.progress(id);
      Counts counts = progress.figures().counts();
      notEnded += ENDED_WELL.contains(progress.state()) ? 0 : 1;
      long billed =
          bill.path("by_model").path(modelsOf.get(id)).path("billed_nano_usd").longValue();
      overshoot += Math.max(0, billed - limits.get(id));
      Map<Long, Integer> times = recordsOf(product().bucket(), id);
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
        hangs,
        notEnded,
        lost,
        duplicated,
        journalled.repaidAfterJournal(),
        bill.get("calls_served").longValue() - journalled.answeredSteps(),
        inFlightAtKills,
        journalled.leftOpen(),
        witness.refused(),
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
