package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.plotpalette.generator.DatasetGenerationJob;
import io.plotpalette.generator.GeneratorJobConfig;
import io.plotpalette.local.FreePorts;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.datasets.DirectJobs;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.flink.LocalFlink;
import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.local.process.ChildJvm;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.table.Tables;
import io.plotpalette.model.template.ModelChoice;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateStep;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What is left of the ideal, which is as many calls at once as a job may have with nothing between
 * them, and what a call costs beside the SDK's bare client in the same process. Models and tables
 * are in processes of their own.
 */
public final class GeneratorBench {
  private static final String MODEL = "bench";
  private static final int MAX_TOKENS = 200;
  private static final Duration UP = Duration.ofMinutes(2);
  private static final Duration WITHOUT_PROGRESS = Duration.ofMinutes(3);
  private static final Duration BARE_WARM_UP = Duration.ofSeconds(5);
  private static final Duration BARE = Duration.ofSeconds(10);
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(2);
  private static final Money BUDGET = new Money(1_000_000_000_000_000L);
  private static final long LOOK_MILLIS = 20;
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final Options options;
  private final PrintWriter out;
  private final HttpClient http = HttpClient.newHttpClient();
  private final OperatingSystemMXBean machine =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final ObjectNode figures = JSON.createObjectNode();
  private final long start = System.nanoTime();
  private URI models;

  /**
   * The load.
   *
   * @param inFlight calls at once, one measurement each
   * @param latency of every call
   * @param rounds records of a job, for every call at once
   * @param plugins Flink's
   */
  public record Options(List<Integer> inFlight, Duration latency, int rounds, Path plugins) {}

  /** Between two looks at the bill. */
  private record Window(long calls, double seconds, double cpuSeconds) {
    double cpuMillisACall() {
      return cpuSeconds * 1_000 / calls;
    }
  }

  public GeneratorBench(Options options, PrintWriter out) {
    this.options = options;
    this.out = out;
  }

  static String prompt(int number) {
    return "Write a short poem about the number " + number + ". Use plain words.";
  }

  /** Measures in an empty folder, and returns the figures as a line of JSON. */
  public String run(Path folder) throws Exception {
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    Path catalogue = catalogue(folder);
    try (ChildJvm table = child(folder, "dynamodb");
        ChildJvm standIn =
            child(
                folder,
                "bedrock",
                "--latency",
                options.latency().toString(),
                "--catalogue",
                catalogue.toString())) {
      URI dynamoDb = URI.create(table.awaitLine("DynamoDB answers at ", UP));
      models = URI.create(standIn.awaitLine("Models answer at ", UP));
      try (DynamoDbClient client = DynamoDbLocalServer.client(dynamoDb)) {
        new TableCreator(client, PaletteServer.STAGE).createAbsent(Tables.all());
        measure(folder, catalogue, dynamoDb, client);
      }
    }
    return figures.toString();
  }

  private static ChildJvm child(Path folder, String... command) throws IOException {
    return ChildJvm.start(
        Files.createDirectories(folder.resolve("tmp-" + command[0])),
        folder.resolve(command[0] + ".out"),
        Map.of(),
        command);
  }

  /** With quotas nobody meets: the gate is not what is measured. */
  private static Path catalogue(Path folder) throws IOException {
    ObjectNode catalogue = JSON.createObjectNode();
    catalogue.put("prices_as_of", ModelCatalogue.builtIn().pricesAsOf().toString());
    catalogue.put("source", "made up");
    ObjectNode model = catalogue.putArray("models").addObject();
    model.put("id", MODEL).put("tier", "cheap").putArray("aliases");
    model.put("usd_per_million_tokens_in", "0.25").put("usd_per_million_tokens_out", "1.25");
    model.put("context_tokens", 100_000).put("max_output_tokens", 4_096);
    model.put("requests_per_minute", 2_000_000_000).put("tokens_per_minute", 2_000_000_000);
    model.putArray("regions").add(PaletteServer.REGION);
    Path file = folder.resolve("models.json");
    Files.writeString(file, catalogue.toString());
    return file;
  }

  private void measure(Path folder, Path catalogue, URI dynamoDb, DynamoDbClient client)
      throws Exception {
    Path bucket = Files.createDirectories(folder.resolve("bucket"));
    int flinkPort = Integer.parseInt(FreePorts.environment().get("PALETTE_FLINK_PORT"));
    DirectJobs jobs = new DirectJobs(client, PaletteServer.STAGE, bucket);
    TemplateRef template = jobs.template(template());
    try (LocalFlink flink =
        LocalFlink.start(
            new LocalFlink.Options(
                flinkPort,
                1,
                CHECKPOINT_INTERVAL,
                folder.resolve("flink"),
                folder.resolve("bench.log"),
                options.plugins(),
                new Configuration()))) {
      GeneratorJobConfig config = config(catalogue, dynamoDb, bucket);
      flink.run(DatasetGenerationJob.NAME, env -> DatasetGenerationJob.connect(env, config));
      URI checkpoints =
          URI.create(
              "%s/jobs/%s/checkpoints"
                  .formatted(
                      Loopback.endpoint(flinkPort),
                      LocalFlink.jobId(DatasetGenerationJob.NAME).toHexString()));
      // With the most calls there are, or the first measurement is one of compilers.
      say("warming up");
      job(jobs, template, client, Collections.max(options.inFlight()));
      figures.removeAll();
      double worstShare = Double.MAX_VALUE;
      double worstRatio = 0;
      for (int inFlight : options.inFlight()) {
        Window bare = bare(inFlight);
        Window full = job(jobs, template, client, inFlight);
        double ideal = inFlight / (options.latency().toNanos() / 1e9);
        double share = full.calls() / full.seconds() / ideal;
        double ratio = full.cpuMillisACall() / bare.cpuMillisACall();
        worstShare = Math.min(worstShare, share);
        worstRatio = Math.max(worstRatio, ratio);
        String name = "_at_" + inFlight;
        figures.put("share_of_ideal" + name, rounded(share));
        figures.put("bare_share_of_ideal" + name, rounded(bare.calls() / bare.seconds() / ideal));
        figures.put("calls_per_s" + name, rounded(full.calls() / full.seconds()));
        figures.put("cpu_ratio_to_bare_client" + name, rounded(ratio));
        figures.put("cpu_ms_per_call" + name, rounded(full.cpuMillisACall()));
        // Little's law: what a place is busy for, beyond the call itself.
        figures.put(
            "added_latency_ms" + name,
            rounded(
                inFlight * full.seconds() * 1_000 / full.calls() - options.latency().toMillis()));
        say(
            "%d in flight: %.3f of the ideal (bare client %.3f), %.2f times the bare client's CPU"
                .formatted(inFlight, share, bare.calls() / bare.seconds() / ideal, ratio));
      }
      figures.put("share_of_ideal", rounded(worstShare));
      figures.put("cpu_ratio_to_bare_client", rounded(worstRatio));
      checkpoints(checkpoints);
    }
  }

  private static TemplateDefinition template() {
    TemplateStep step =
        new TemplateStep(
            "poem",
            new ModelChoice.Named(MODEL),
            "Write a short poem about the number {{ number }}. Use plain words.",
            MAX_TOKENS,
            0.7,
            OutputFormat.TEXT,
            null,
            null);
    return new TemplateDefinition("bench", "", List.of(step), null);
  }

  private GeneratorJobConfig config(Path catalogue, URI dynamoDb, Path bucket) {
    Map<String, String> settings = new HashMap<>();
    settings.put("jobs-table", Tables.JOBS.physicalName(PaletteServer.STAGE));
    settings.put("templates-table", Tables.TEMPLATES.physicalName(PaletteServer.STAGE));
    settings.put("call-journal-table", Tables.CALL_JOURNAL.physicalName(PaletteServer.STAGE));
    settings.put("cost-tracking-table", Tables.COST_TRACKING.physicalName(PaletteServer.STAGE));
    settings.put("runs-table", Tables.RUNS.physicalName(PaletteServer.STAGE));
    settings.put("bucket-uri", bucket.toUri().toString());
    settings.put("region", PaletteServer.REGION);
    settings.put("dynamodb-endpoint", dynamoDb.toString());
    settings.put("bedrock-endpoint", models.toString());
    settings.put("model-catalogue", catalogue.toUri().toString());
    settings.put("model-concurrency", "4000");
    settings.put("idle-poll-interval", "PT0.1S");
    return GeneratorJobConfig.read(settings::get);
  }

  private Window bare(int inFlight) throws Exception {
    try (BareClient client =
        new BareClient(models, PaletteServer.REGION, MODEL, MAX_TOKENS, inFlight)) {
      TimeUnit.MILLISECONDS.sleep(BARE_WARM_UP.toMillis());
      Look begin = look();
      TimeUnit.MILLISECONDS.sleep(BARE.toMillis());
      return begin.until(look());
    }
  }

  /** One job to its end; what is measured is its middle. */
  private Window job(DirectJobs jobs, TemplateRef template, DynamoDbClient client, int inFlight)
      throws Exception {
    long records = (long) inFlight * options.rounds();
    long before = look().served();
    String job = jobs.queue(template, new Terms(records, BUDGET, JobPriority.NORMAL, inFlight, 1));
    await(before + records / 5);
    // Outside the window: it stops everything for a while.
    long heapBegin = usedHeap();
    Look begin = look();
    Look end = await(before + records * 4 / 5);
    long heapEnd = usedHeap();
    JobProgress progress = awaitEnd(jobs, job);
    if (progress.figures().counts().ok() != records) {
      throw new IllegalStateException("not every record is ok: " + progress);
    }
    figures.put("heap_mb_at_a_fifth_at_" + inFlight, heapBegin >> 20);
    figures.put("heap_mb_at_four_fifths_at_" + inFlight, heapEnd >> 20);
    figures.put(
        "journal_write_units_per_1000_calls_at_" + inFlight,
        rounded(journalWriteUnits(client, job) * 1_000.0 / records));
    return begin.until(end);
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private record Look(long served, long nanos, long cpuNanos) {
    Window until(Look end) {
      return new Window(
          end.served - served, (end.nanos - nanos) / 1e9, (end.cpuNanos - cpuNanos) / 1e9);
    }
  }

  private Look look() throws IOException, InterruptedException {
    long served = get(models.resolve("/stand-in/bill")).get("calls_served").longValue();
    return new Look(served, System.nanoTime(), machine.getProcessCpuTime());
  }

  private Look await(long served) throws Exception {
    long last = -1;
    long deadline = 0;
    while (true) {
      Look look = look();
      if (look.served() >= served) {
        return look;
      }
      if (look.served() > last) {
        last = look.served();
        deadline = System.nanoTime() + WITHOUT_PROGRESS.toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new TimeoutException("no call for " + WITHOUT_PROGRESS + ", " + served + " awaited");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private static JobProgress awaitEnd(DirectJobs jobs, String job) throws Exception {
    long deadline = System.nanoTime() + WITHOUT_PROGRESS.toNanos();
    while (true) {
      JobProgress progress = jobs.progress(job);
      if (progress.state().isFinal()) {
        if (progress.state() != JobState.COMPLETED) {
          throw new IllegalStateException("the job ended otherwise: " + progress);
        }
        return progress;
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("the job does not end: " + progress);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** One for every KB begun of every segment. */
  private static long journalWriteUnits(DynamoDbClient client, String job) {
    long units = 0;
    for (int bucket = 0; bucket < JobAttribute.MAX_JOURNAL_BUCKETS; bucket++) {
      String key = JobAttribute.journalKey(job, bucket);
      units +=
          client
              .queryPaginator(
                  query ->
                      query
                          .tableName(Tables.CALL_JOURNAL.physicalName(PaletteServer.STAGE))
                          .keyConditionExpression("#key = :key")
                          .expressionAttributeNames(Map.of("#key", JobAttribute.JOURNAL_KEY))
                          .expressionAttributeValues(Map.of(":key", AttributeValue.fromS(key))))
              .items()
              .stream()
              .mapToLong(item -> (size(item) + 1_023) / 1_024)
              .sum();
    }
    return units;
  }

  private static long size(Map<String, AttributeValue> item) {
    long size = 0;
    for (Map.Entry<String, AttributeValue> attribute : item.entrySet()) {
      AttributeValue value = attribute.getValue();
      size += attribute.getKey().length();
      size +=
          switch (value.type()) {
            case B -> value.b().asByteArrayUnsafe().length;
            case S -> value.s().length();
            case N -> value.n().length();
            default -> 1;
          };
    }
    return size;
  }

  private void checkpoints(URI address) throws IOException, InterruptedException {
    JsonNode answer = get(address);
    JsonNode durations = answer.path("summary").path("end_to_end_duration");
    figures.put("checkpoints", answer.path("counts").path("completed").longValue());
    figures.put("checkpoints_failed", answer.path("counts").path("failed").longValue());
    figures.put("checkpoint_max_ms", durations.path("max").longValue());
    figures.put("checkpoint_p50_ms", Math.round(durations.path("p50").doubleValue()));
  }

  private JsonNode get(URI address) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(address + " answers " + answer.statusCode());
    }
    return JSON.readTree(answer.body());
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  private void say(String line) {
    out.printf("%4d s  %s%n", Duration.ofNanos(System.nanoTime() - start).toSeconds(), line);
    out.flush();
  }
}
