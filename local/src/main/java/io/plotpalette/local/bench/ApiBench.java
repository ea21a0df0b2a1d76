package io.plotpalette.local.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.ApiServer;
import io.plotpalette.local.DataFolder;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.client.TasksClient;
import io.plotpalette.local.client.TasksClient.Answer;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.process.ChildJvm;
import io.plotpalette.model.table.Tables;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The highest rate of requests at which the API answers 99 of 100 in time and none with an error.
 * The API runs in this process, DynamoDB Local in memory and Gatling in one each; the three share
 * the machine.
 */
public final class ApiBench {
  private static final Duration P99_LIMIT = Duration.ofMillis(50);
  private static final Duration DYNAMODB_UP = Duration.ofMinutes(1);
  private static final int USERS = 20;
  private static final int TASKS_A_USER = 50;
  private static final int CREATORS = 8;

  /** Requests a second before anything counts, so that the API is compiled. */
  private static final List<Integer> WARM_UP_RATES = List.of(100, 200, 300, 400);

  /** Of Gatling, which is new at each step. */
  private static final Duration WARM_UP = Duration.ofSeconds(8);

  /** From one rate to the next until one is too high. */
  private static final int CLIMB = 200;

  /** How close the search comes then. */
  private static final int RESOLUTION = 50;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path load;
  private final Path scratch;
  private final Options options;
  private final PrintWriter out;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * The search.
   *
   * @param maxRate requests a second, the highest tried
   * @param step how long each rate is held
   */
  public record Options(int maxRate, Duration step) {}

  /** What became of one rate. */
  private record Step(int rate, LoadSummary summary, Shares shares) {
    boolean holds() {
      return summary.errors() == 0
          && summary.p99().compareTo(P99_LIMIT) <= 0
          // Or the load did not come as asked.
          && summary.requestsPerSecond() >= 0.9 * rate;
    }
  }

  /** Of the time of all processors, in percent. */
  private record Shares(long machine, long api, long dynamoDb, long gatling) {
    /** Other programs also count, for what they take is missing here. */
    String limit() {
      long others = Math.max(0, machine - api - dynamoDb - gatling);
      String parts =
          "API %d %%, DynamoDB Local %d %%, Gatling %d %%, others %d %%"
              .formatted(api, dynamoDb, gatling, others);
      return machine >= 85
          ? "the %d processors: %s".formatted(processors(), parts)
          : "not the processors: " + parts;
    }
  }

  /**
   * @param load the folder the build puts the users and Gatling into
   * @param scratch an empty folder
   */
  public ApiBench(Path load, Path scratch, Options options, PrintWriter out) {
    this.load = load;
    this.scratch = scratch;
    this.options = options;
    this.out = out;
  }

  /** Measures, and returns the figures as a line of JSON. */
  public String run() throws Exception {
    try (ChildJvm dynamoDb =
        ChildJvm.start(scratch, scratch.resolve("dynamodb.out"), Map.of(), "dynamodb")) {
      URI endpoint = URI.create(dynamoDb.awaitLine("DynamoDB answers at ", DYNAMODB_UP));
      try (DynamoDbClient client = DynamoDbLocalServer.client(endpoint)) {
        new TableCreator(client, PaletteServer.STAGE).createAbsent(Tables.all());
      }
      // No request of this needs the object store.
      URI nowhere = URI.create("http://127.0.0.1:9");
      try (ApiServer api =
          ApiServer.start(
              new ApiServer.Options(
                  0, 0, 0, new DataFolder(scratch.resolve("data")), endpoint, nowhere))) {
        return search(api, dynamoDb);
      }
    }
  }

  private String search(ApiServer api, ChildJvm dynamoDb) throws Exception {
    Path tasks = createTasks(api);
    out.println("warming up");
    for (int rate : WARM_UP_RATES) {
      step(api, dynamoDb, tasks, rate);
    }
    out.println("measuring");
    Step best = null;
    Step broken = null;
    // Upwards, for a load far above what it can do leaves a process busy with what nobody awaits.
    for (int rate = CLIMB; rate <= options.maxRate() && broken == null; rate += CLIMB) {
      Step step = step(api, dynamoDb, tasks, rate);
      if (step.holds()) {
        best = step;
      } else {
        broken = step;
      }
    }
    int low = best == null ? 0 : best.rate();
    int high = broken == null ? low : broken.rate();
    while (high - low > RESOLUTION) {
      int rate = Math.max(RESOLUTION, (low + high) / 2 / RESOLUTION * RESOLUTION);
      Step step = step(api, dynamoDb, tasks, rate);
      if (step.holds()) {
        best = step;
        low = rate;
      } else {
        broken = step;
        high = rate;
      }
    }
    return json(best, broken);
  }

  /** Users with tasks, as Gatling reads them: a token and an id a line. */
  private Path createTasks(ApiServer api) throws Exception {
    ExecutorService creators = Executors.newFixedThreadPool(CREATORS);
    try {
      List<Future<String>> lines = new ArrayList<>();
      for (int i = 0; i < USERS; i++) {
        String token = api.signUpAndLogIn(http, "bench-" + i);
        TasksClient user = new TasksClient(http, api.api(), token);
        for (int j = 0; j < TASKS_A_USER; j++) {
          lines.add(creators.submit(() -> token + "," + createTask(user)));
        }
      }
      List<String> file = new ArrayList<>();
      file.add("token,task_id");
      for (Future<String> line : lines) {
        file.add(line.get());
      }
      return Files.write(scratch.resolve("tasks.csv"), file);
    } finally {
      creators.shutdownNow();
    }
  }

  private static String createTask(TasksClient user) throws Exception {
    Answer task = user.create("{\"title\": \"Measure\", \"description\": \"requests a second\"}");
    if (!task.isAccepted()) {
      throw new IOException("a task was answered %d: %s".formatted(task.status(), task.body()));
    }
    return task.text("task_id");
  }

  private Step step(ApiServer api, ChildJvm dynamoDb, Path tasks, int rate) throws Exception {
    Path output = scratch.resolve("gatling-%d.out".formatted(rate));
    List<String> line =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            // It lives too briefly for what the second compiler would cost the machine.
            "-XX:TieredStopAtLevel=1",
            // Its writer of results reaches into strings.
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + scratch,
            "-Djava.util.prefs.userRoot=" + scratch,
            "-Dload.api=" + api.api(),
            "-Dload.tasks=" + tasks,
            "-Dload.rate=" + rate,
            "-Dload.warm-up-seconds=" + WARM_UP.toSeconds(),
            "-Dload.seconds=" + options.step().toSeconds(),
            "-cp",
            load.resolve("plot-palette-load.jar") + ":" + load.resolve("lib") + "/*",
            "io.gatling.app.Gatling",
            "-s",
            "io.plotpalette.load.TasksSimulation",
            "--no-reports",
            "-rf",
            scratch.resolve("gatling").toString());
    long start = System.nanoTime();
    Cpu before = Cpu.now(ProcessHandle.current(), dynamoDb.handle());
    machineLoad();
    Process gatling =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    Duration gatlingCpu = Duration.ZERO;
    try {
      do {
        gatlingCpu = gatling.info().totalCpuDuration().orElse(gatlingCpu);
      } while (!gatling.waitFor(100, TimeUnit.MILLISECONDS));
    } finally {
      gatling.destroyForcibly().waitFor();
    }
    Cpu used = Cpu.now(ProcessHandle.current(), dynamoDb.handle()).minus(before);
    long elapsed = System.nanoTime() - start;
    Step step =
        new Step(
            rate,
            LoadSummary.of(Files.readString(output)),
            new Shares(
                Math.round(100 * machineLoad()),
                share(used.api(), elapsed),
                share(used.dynamoDb(), elapsed),
                share(gatlingCpu, elapsed)));
    out.printf(
        Locale.ROOT,
        "%d requests/s asked, %.0f answered, p99 %d ms, %d errors, limited by %s%n",
        rate,
        step.summary().requestsPerSecond(),
        step.summary().p99().toMillis(),
        step.summary().errors(),
        step.shares().limit());
    out.flush();
    return step;
  }

  /** Processor time so far. */
  private record Cpu(Duration api, Duration dynamoDb) {
    static Cpu now(ProcessHandle api, ProcessHandle dynamoDb) {
      return new Cpu(
          api.info().totalCpuDuration().orElse(Duration.ZERO),
          dynamoDb.info().totalCpuDuration().orElse(Duration.ZERO));
    }

    Cpu minus(Cpu before) {
      return new Cpu(api.minus(before.api()), dynamoDb.minus(before.dynamoDb()));
    }
  }

  private static long share(Duration cpu, long elapsedNanos) {
    return Math.round(100.0 * cpu.toNanos() / elapsedNanos / processors());
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Since it was asked last, 0 to 1. */
  private static double machineLoad() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getCpuLoad();
  }

  private static String json(Step best, Step broken) {
    ObjectNode json = JSON.createObjectNode();
    json.put("requests_per_s", best == null ? 0 : Math.round(best.summary().requestsPerSecond()));
    if (best != null) {
      json.put("p50_ms", best.summary().p50().toMillis());
      json.put("p99_ms", best.summary().p99().toMillis());
    }
    json.put("errors", (best == null ? broken : best).summary().errors());
    if (broken != null) {
      json.put("broke_at_requests_per_s", broken.rate());
      json.put("broke_with_p99_ms", broken.summary().p99().toMillis());
      json.put("broke_with_errors", broken.summary().errors());
    }
    json.put("limited_by", (broken == null ? best : broken).shares().limit());
    json.put("processors", processors());
    json.put("java", System.getProperty("java.version"));
    return json.toString();
  }
}
