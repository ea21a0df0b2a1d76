package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plotpalette.local.client.TasksClient;
import io.plotpalette.local.client.TasksClient.Answer;
import io.plotpalette.local.sql.LakeDatabase;
import io.plotpalette.model.table.Tables;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The product's process is killed at random moments while requests go on, and started again: every
 * acknowledged change is in bronze once, none twice, and the insights agree with the table. Repeat
 * a run with {@code -Dkill.seed=N}.
 */
@Tag("kill")
class KillIT {
  private static final int KILLS = 3;
  private static final int USERS = 3;
  private static final Duration UP = Duration.ofMinutes(4);
  private static final Duration SETTLED = Duration.ofMinutes(4);

  @TempDir private Path folder;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private Map<String, String> environment;
  private Process process;

  @AfterEach
  void end() throws Exception {
    stopped.set(true);
    if (process != null) {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void nothingIsLostOrDoubledByKills() throws Exception {
    long seed = Long.getLong("kill.seed", System.nanoTime());
    System.out.println("kill.seed=" + seed);
    Random random = new Random(seed);
    environment = FreePorts.environment();
    environment.put("PALETTE_DATA", folder.resolve("data").toString());
    LocalConfig config = LocalConfig.read(folder, environment::get);
    DataFolder data = new DataFolder(config.dataFolder());
    start();
    List<TasksClient> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      users.add(signUp(config, data, "user-" + i));
    }

    // When the process is killed while requests go on
    ExecutorService threads = Executors.newFixedThreadPool(USERS);
    List<Future<?>> load = new ArrayList<>();
    for (TasksClient user : users) {
      long userSeed = random.nextLong();
      load.add(threads.submit(() -> work(user, new Random(userSeed))));
    }
    for (int kill = 1; kill <= KILLS; kill++) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(8_000));
      process.destroyForcibly().waitFor();
      System.out.printf("kill %d after %d acknowledged changes%n", kill, acknowledged.size());
      start();
    }
    TimeUnit.MILLISECONDS.sleep(3_000);
    stopped.set(true);
    for (Future<?> user : load) {
      user.get(1, TimeUnit.MINUTES);
    }
    threads.shutdown();

    // Then the lake agrees with what was acknowledged and with the table
    Map<String, String> table = table(config);
    try (LakeDatabase lake = LakeDatabase.open(data.bucket())) {
      await().atMost(SETTLED).untilAsserted(() -> assertThat(current(lake)).isEqualTo(table));
      List<String> bronze =
          column(lake, "SELECT task_id || ' ' || version || ' ' || change_type FROM task_changes");
      assertThat(bronze).doesNotHaveDuplicates();
      assertThat(new TreeSet<>(bronze)).containsAll(acknowledged);
      assertThat(column(lake, "SELECT change_id FROM task_changes")).doesNotHaveDuplicates();
      await()
          .atMost(SETTLED)
          .untilAsserted(() -> assertThat(insights(lake)).isEqualTo(counts(config)));
    }
    assertThat(acknowledged).hasSizeGreaterThan(100);
    System.out.printf(
        "%d kills, %d changes acknowledged, %d tasks in the table: 0 lost, 0 twice%n",
        KILLS, acknowledged.size(), table.size());
  }

  /** Creates tasks, completes half of them and deletes some of the open ones, until stopped. */
  private Void work(TasksClient user, Random random) throws InterruptedException {
    while (!stopped.get()) {
      try {
        Answer task = user.create("{\"title\": \"Survive\", \"description\": \"the kill\"}");
        acknowledge(task, 201, "CREATED", task);
        if (random.nextInt(2) == 0) {
          Answer done = user.complete(task.text("task_id"), task.version());
          acknowledge(done, 200, "UPDATED", done);
        } else if (random.nextInt(3) == 0) {
          Answer deleted = user.delete(task.text("task_id"), task.version());
          acknowledge(deleted, 204, "DELETED", task);
        }
      } catch (IOException e) {
        // Not acknowledged: whether it happened is for the table to say.
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    return null;
  }

  private void acknowledge(Answer answer, int expected, String changeType, Answer task)
      throws IOException {
    if (answer.status() != expected) {
      throw new IOException(changeType + " was answered " + answer.status());
    }
    acknowledged.add(task.text("task_id") + " " + task.version() + " " + changeType);
  }

  private TasksClient signUp(LocalConfig config, DataFolder data, String name) throws Exception {
    String token =
        new SignUp(http, URI.create("http://127.0.0.1:" + config.tokenPort()), data.mail())
            .accessTokenOf(name);
    return new TasksClient(http, api(config), token);
  }

  private void start() throws Exception {
    Path built = Path.of("target").toAbsolutePath();
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xmx700m",
            "-XX:+UseG1GC",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "-Dpalette.root=" + built.resolve("../..").normalize(),
            "-cp",
            built.resolve("plot-palette-local.jar") + ":" + built.resolve("palette/lib") + "/*",
            "io.plotpalette.local.cli.PaletteCommand",
            "up");
    command.environment().putAll(environment);
    Path output = built.resolve("kill-it.log");
    command.redirectErrorStream(true).redirectOutput(output.toFile());
    process = command.start();
    // Not before the job has completed a checkpoint: a kill must find something to double or lose.
    await()
        .atMost(UP)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> !process.isAlive() || Files.readString(output).contains("Plot Palette is up."));
    assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
  }

  /** Task id to version and status of everything in the table. */
  private static Map<String, String> table(LocalConfig config) {
    Map<String, String> tasks = new TreeMap<>();
    for (Map<String, AttributeValue> item : items(config)) {
      tasks.put(item.get("task_id").s(), item.get("version").n() + " " + item.get("status").s());
    }
    return tasks;
  }

  private static List<Map<String, AttributeValue>> items(LocalConfig config) {
    try (DynamoDbClient client =
        DynamoDbClient.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + config.dynamoDbPort()))
            .region(Region.of(PaletteServer.REGION))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build()) {
      return client
          .scanPaginator(
              request ->
                  request
                      .tableName(Tables.TASKS.physicalName(PaletteServer.STAGE))
                      .consistentRead(true))
          .items()
          .stream()
          .toList();
    }
  }

  private static Map<String, String> current(LakeDatabase lake) throws Exception {
    Map<String, String> tasks = new TreeMap<>();
    for (List<String> row :
        lake.query("SELECT task_id, version || ' ' || status FROM tasks_current").rows()) {
      tasks.put(row.get(0), row.get(1));
    }
    return tasks;
  }

  /** Over all hours: tasks that are there, open ones and done ones. */
  private record Counts(long there, long open, long done) {}

  private static Map<String, Counts> insights(LakeDatabase lake) throws Exception {
    Map<String, Counts> byUser = new TreeMap<>();
    for (List<String> row :
        lake.query(
                """
                SELECT user_id, sum(created) - sum(deleted), sum(open_delta), sum(completed) \
                FROM productivity_hourly GROUP BY user_id""")
            .rows()) {
      byUser.put(
          row.get(0),
          new Counts(
              Long.parseLong(row.get(1)), Long.parseLong(row.get(2)), Long.parseLong(row.get(3))));
    }
    return byUser;
  }

  /** The same from the table: no task is reopened, and none that is done is deleted. */
  private static Map<String, Counts> counts(LocalConfig config) {
    Map<String, Counts> byUser = new TreeMap<>();
    for (Map<String, AttributeValue> item : items(config)) {
      boolean done = item.get("status").s().equals("done");
      byUser.merge(
          item.get("user_id").s(),
          new Counts(1, done ? 0 : 1, done ? 1 : 0),
          (a, b) -> new Counts(a.there + b.there, a.open + b.open, a.done + b.done));
    }
    return byUser;
  }

  private static URI api(LocalConfig config) {
    return URI.create("http://127.0.0.1:" + config.apiPort());
  }

  private static List<String> column(LakeDatabase lake, String sql) throws Exception {
    return lake.query(sql).rows().stream().map(row -> row.get(0)).toList();
  }
}
