package io.plotpalette.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.operators.Connections;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole job in a mini cluster, with DynamoDB Local and models in this process. */
class DatasetGenerationIT {
  @RegisterExtension private static final MiniClusterExtension CLUSTER = new MiniClusterExtension();

  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path temp;

  private final Map<String, String> settings = new HashMap<>();
  private final String modelsName = UUID.randomUUID().toString();
  private TestingTables tables;
  private JobClient running;

  @BeforeEach
  void start() throws Exception {
    tables = new TestingTables();
    tables.put(TestingJobs.TEMPLATE, TestingJobs.template());
    TestingJobs.writeSeed(bucket());
  }

  @AfterEach
  void stop() throws Exception {
    if (running != null) {
      kill();
    }
    tables.close();
  }

  @Test
  void aJobBecomesADataset() throws Exception {
    TestingModels models = TestingModels.named(modelsName, 20);
    run(null);

    tables.queue(TestingJobs.job("job-1", 40, "1", 8));

    JobProgress progress = awaitState("job-1", JobState.COMPLETED);
    assertThat(progress.figures().counts()).isEqualTo(new Counts(40, 40, 0, 0, 0, 0));
    assertThat(models.calls()).isEqualTo(80);
    assertThat(models.mostInFlight()).isLessThanOrEqualTo(8);
    assertThat(progress.figures().spend().tokensOut()).isEqualTo(80 * TestingModels.TOKENS_OUT);
    assertThat(dataset("job-1"))
        .extracting(row -> row.get("record_index").longValue())
        .containsExactlyElementsOf(LongStream.range(0, 40).boxed().toList());
    assertThat(dataset("job-1"))
        .allSatisfy(
            row -> {
              assertThat(row.get("story").textValue()).startsWith("answer to ");
              assertThat(row.get("category").textValue()).isIn("sea", "sky", "zurich");
            });
    assertThat(tables.items(Tables.COST_TRACKING))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.get("cost_usd").s())
                    .isEqualTo(progress.figures().spend().cost().toUsd()));
    await().atMost(DEADLINE).untilAsserted(() -> assertThat(tables.items(Tables.RUNS)).hasSize(1));
  }

  @Test
  void aCancelledJobKeepsWhatIsDone() throws Exception {
    TestingModels.named(modelsName, 30);
    run(null);
    tables.queue(TestingJobs.job("job-1", 2_000, "1", 4));
    awaitRecords("job-1", 10);

    tables.cancel("job-1");

    Counts counts = awaitState("job-1", JobState.CANCELLED).figures().counts();
    assertThat(counts.ok()).isBetween(10L, 1_900L);
    assertThat(counts.notStarted()).isEqualTo(2_000 - counts.ok() - counts.failed());
    assertThat(dataset("job-1")).hasSize((int) counts.ok());
  }

  @Test
  void aJobThatIsCancelledInTheQueueEndsWithAnEmptyDataset() throws Exception {
    TestingModels models = TestingModels.named(modelsName, 10);
    tables.queue(TestingJobs.job("job-1", 20, "1", 4));
    tables.cancel("job-1");

    run(null);

    assertThat(awaitState("job-1", JobState.CANCELLED).figures().counts().notStarted())
        .isEqualTo(20);
    assertThat(models.calls()).isZero();
    assertThat(dataset("job-1")).isEmpty();
  }

  @Test
  void aJobWithoutMoneyLeavesAPartialDataset() throws Exception {
    TestingModels models = TestingModels.named(modelsName, 10);
    run(null);

    tables.queue(TestingJobs.job("job-1", 1_000, "0.0005", 8));

    JobProgress progress = awaitState("job-1", JobState.BUDGET_EXCEEDED);
    assertThat(progress.figures().spend().cost()).isLessThanOrEqualTo(Money.parseUsd("0.0005"));
    assertThat(progress.figures().spend().reserved()).isEqualTo(Money.ZERO);
    Counts counts = progress.figures().counts();
    assertThat(counts.ok()).isBetween(10L, 40L);
    assertThat(dataset("job-1")).hasSize((int) counts.ok());
    assertThat(models.calls()).isLessThan(100);
  }

  @Test
  void goesOnFromTheLastCheckpoint() throws Exception {
    TestingModels models = TestingModels.named(modelsName, 30);
    run(null);
    tables.queue(TestingJobs.job("job-1", 150, "1", 4));
    awaitRecords("job-1", 30);

    kill();
    run(newestCheckpoint());

    awaitState("job-1", JobState.COMPLETED);
    assertEachOnce(150, models);
    assertThat(runFolders()).containsExactly("run=1");
  }

  @Test
  void startsAgainWithoutState() throws Exception {
    TestingModels models = TestingModels.named(modelsName, 30);
    run(null);
    tables.queue(TestingJobs.job("job-1", 150, "1", 4));
    awaitRecords("job-1", 30);

    kill();
    run(null);

    awaitState("job-1", JobState.COMPLETED);
    assertEachOnce(150, models);
    assertThat(runFolders()).containsExactly("run=1", "run=2");
  }

  @Test
  void jobsWaitForTheirTurnAndAFinishedOneIsNotStartedAgain() throws Exception {
    TestingModels models = TestingModels.named(modelsName, 10);
    settings.put("max-concurrent-jobs", "1");
    run(null);
    for (int i = 1; i <= 3; i++) {
      tables.queue(TestingJobs.job("job-" + i, 10, "1", 4));
    }

    for (int i = 1; i <= 3; i++) {
      awaitState("job-" + i, JobState.COMPLETED);
    }
    assertThat(models.calls()).isEqualTo(60);
    assertThat(models.mostInFlight()).isLessThanOrEqualTo(4);

    kill();
    run(null);
    tables.queue(TestingJobs.job("job-4", 10, "1", 4));
    awaitState("job-4", JobState.COMPLETED);
    assertThat(models.calls()).isEqualTo(80);
  }

  /** Calls on the wire when the job was killed may be made again, no others. */
  private void assertEachOnce(int records, TestingModels models) throws IOException {
    assertThat(dataset("job-1"))
        .extracting(row -> row.get("record_index").longValue())
        .containsExactlyElementsOf(LongStream.range(0, records).boxed().toList());
    assertThat(models.calls()).isBetween(2 * records, 2 * records + 4);
  }

  private List<String> runFolders() throws IOException {
    try (Stream<Path> folders = Files.list(bucket().resolve("jobs/job-1/outputs"))) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  private void awaitRecords(String jobId, long ok) {
    await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () ->
                assertThat(tables.progress(jobId).figures().counts().ok())
                    .isGreaterThanOrEqualTo(ok));
  }

  private String newestCheckpoint() throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("checkpoints"))) {
      return files
          .filter(file -> file.getFileName().toString().equals("_metadata"))
          .map(Path::getParent)
          .max(
              Comparator.comparingInt(
                  folder -> Integer.parseInt(folder.getFileName().toString().substring(4))))
          .orElseThrow()
          .toUri()
          .toString();
    }
  }

  private Path bucket() {
    return temp.resolve("my bucket");
  }

  private GeneratorJobConfig config() {
    settings.put("jobs-table", Tables.JOBS.physicalName(TestingTables.STAGE));
    settings.put("templates-table", Tables.TEMPLATES.physicalName(TestingTables.STAGE));
    settings.put("call-journal-table", Tables.CALL_JOURNAL.physicalName(TestingTables.STAGE));
    settings.put("cost-tracking-table", Tables.COST_TRACKING.physicalName(TestingTables.STAGE));
    settings.put("runs-table", Tables.RUNS.physicalName(TestingTables.STAGE));
    settings.put("bucket-uri", bucket().toUri().toString());
    settings.put("region", TestingTables.REGION);
    settings.put("dynamodb-endpoint", tables.endpoint().toString());
    settings.put("idle-poll-interval", "PT0.05S");
    settings.put("job-look-interval", "PT1S");
    settings.put("export-look-interval", "PT0.1S");
    return GeneratorJobConfig.read(settings::get);
  }

  /**
   * Starts the job.
   *
   * @param checkpoint null to start without state
   */
  private void run(String checkpoint) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, temp.resolve("checkpoints").toUri().toString());
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (checkpoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(1);
    DatasetGenerationJob.connect(
        env, config(), new TestingConnections(new AwsConnections(config()), modelsName));
    running = env.executeAsync();
  }

  private void kill() throws Exception {
    running.cancel().get(30, TimeUnit.SECONDS);
    await()
        .atMost(DEADLINE)
        .until(() -> running.getJobStatus().get(10, TimeUnit.SECONDS).isGloballyTerminalState());
    running = null;
  }

  private JobProgress awaitState(String jobId, JobState state) {
    await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(50))
        .failFast(
            "the job has failed",
            () -> running.getJobStatus().get(10, TimeUnit.SECONDS).isTerminalState())
        .untilAsserted(
            () -> {
              JobProgress progress = tables.progress(jobId);
              assertThat(progress.state()).as(progress.toString()).isEqualTo(state);
            });
    return tables.progress(jobId);
  }

  private List<JsonNode> dataset(String jobId) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line :
        Files.readAllLines(bucket().resolve(JobPaths.dataset(jobId, ExportFormat.JSONL)))) {
      rows.add(MAPPER.readTree(line));
    }
    return rows;
  }

  /** DynamoDB as configured, and models of this process. */
  private record TestingConnections(AwsConnections aws, String name) implements Connections {
    @Override
    public Stores stores() {
      return aws.stores();
    }

    @Override
    public ModelClient models() {
      return TestingModels.client(name);
    }
  }
}
