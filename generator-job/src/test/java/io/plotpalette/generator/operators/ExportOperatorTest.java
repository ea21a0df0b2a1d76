package io.plotpalette.generator.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.generator.TestingJobs;
import io.plotpalette.generator.export.ExportRequest;
import io.plotpalette.generator.operators.RunHarness.Subtask;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Dedup;
import io.plotpalette.model.job.JobDefinition.Outputs;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.job.PartitionBy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportOperatorTest {
  private static final String JOB = "job-1";
  private static final int RECORDS = 6;
  private static final long LOOK_MILLIS = 1_000;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir Path bucket;
  private KeyedOneInputStreamOperatorTestHarness<String, StoppedRun, String> harness;
  private long now = TestingJobs.NOON.toEpochMilli();
  private URI bucketUri;
  private StoppedRun stopped;
  private List<OutputLine> lines;

  @BeforeEach
  void prepare() throws Exception {
    TestingJobs.writeSeed(bucket);
    bucketUri = bucket.toUri();
    open(null);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  /** A run that has ended, with lines that are not in any file yet. */
  private void run(JobDefinition job) throws Exception {
    InMemoryTables tables = new InMemoryTables();
    tables.put(job.template(), TestingJobs.template());
    tables.queue(job);
    ScriptedModels models = ScriptedModels.answering(request -> "some text");
    try (RunHarness run = new RunHarness(tables, models, bucket, Subtask.ONLY, null)) {
      run.send(JobCommand.start(JOB));
      run.until(() -> !run.stopped().isEmpty());
      stopped = run.stopped().get(0);
      lines = run.lines();
    }
  }

  private static JobDefinition job() {
    return TestingJobs.job(JOB, RECORDS, "1", 2);
  }

  private void open(OperatorSubtaskState state) throws Exception {
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new ExportOperatorFactory(
                new ExportOptions(bucketUri, LOOK_MILLIS, ExportRequest.MIN_MEMORY_BYTES)),
            run -> run.jobId,
            Types.STRING,
            RunHarness.MAX_PARALLELISM,
            1,
            0);
    harness.setProcessingTime(now);
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  private void hand(StoppedRun run) throws Exception {
    harness.processElement(new StreamRecord<>(run));
  }

  private void commit(String file, List<OutputLine> committed) throws IOException {
    StringBuilder text = new StringBuilder();
    committed.forEach(line -> text.append(line.line).append('\n'));
    Path folder = bucket.resolve(JobPaths.outputs(JOB, 1));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(file), text);
  }

  private void until(Callable<Boolean> holds) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(DEADLINE)
        .until(
            () -> {
              look();
              return holds.call();
            });
  }

  private void look() throws Exception {
    now += LOOK_MILLIS;
    harness.setProcessingTime(now);
    RunHarness.readMails(harness);
  }

  /** Many looks, of which none may find anything. */
  private void lookForNothing() {
    int[] looks = {0};
    until(() -> ++looks[0] == 100);
    assertThat(harness.extractOutputValues()).isEmpty();
  }

  private JobProgress finished() {
    until(() -> !harness.extractOutputValues().isEmpty());
    assertThat(harness.extractOutputValues()).hasSize(1);
    return JobJson.readProgress(RunHarness.json(harness.extractOutputValues().get(0)));
  }

  private JsonNode side(OutputTag<String> tag) {
    assertThat(harness.getSideOutput(tag)).hasSize(1);
    return RunHarness.json(harness.getSideOutput(tag).peek().getValue());
  }

  private void assertNothingIsLeft() throws Exception {
    int outputs = harness.extractOutputValues().size();
    look();
    look();
    assertThat(harness.numKeyedStateEntries()).isZero();
    assertThat(harness.numProcessingTimeTimers()).isZero();
    assertThat(harness.extractOutputValues()).hasSize(outputs);
  }

  @Test
  void aDatasetIsExportedWhenAllItsRecordsAreVisibleAndNotBefore() throws Exception {
    run(job());
    hand(stopped);
    lookForNothing();
    commit("part-0.jsonl", lines.subList(0, 4));
    lookForNothing();
    assertThat(bucket.resolve(JobPaths.dataset(JOB, ExportFormat.JSONL))).doesNotExist();

    commit("part-1.jsonl", lines.subList(4, RECORDS));

    JobProgress finished = finished();
    assertThat(finished.state()).isEqualTo(JobState.COMPLETED);
    assertThat(finished.seq())
        .isEqualTo(JobJson.readProgress(RunHarness.json(stopped.progress)).seq() + 1);
    assertThat(finished.exports())
        .extracting(ExportedFile::key)
        .contains(JobPaths.dataset(JOB, ExportFormat.JSONL), JobPaths.datasetCard(JOB));
    assertThat(Files.readAllLines(bucket.resolve(JobPaths.dataset(JOB, ExportFormat.JSONL))))
        .hasSize(RECORDS);
    assertThat(side(ExportOperator.RUNS).at("/state").asText()).isEqualTo("COMPLETED");
    assertThat(side(ExportOperator.COSTS).at("/s3_operations").longValue())
        .isGreaterThan(RunHarness.json(stopped.cost).at("/s3_operations").longValue());
    assertNothingIsLeft();
  }

  @Test
  void aRunThatWaitsIsStillThereAfterARestore() throws Exception {
    run(job());
    hand(stopped);
    lookForNothing();
    OperatorSubtaskState state = harness.snapshot(1, now);
    harness.close();
    open(state);

    commit("part-0.jsonl", lines);

    assertThat(finished().state()).isEqualTo(JobState.COMPLETED);
    assertNothingIsLeft();
  }

  @Test
  void anExportThatIsMadeTwiceWritesTheSameFiles() throws Exception {
    run(job());
    commit("part-0.jsonl", lines);
    hand(stopped);
    OperatorSubtaskState beforeTheExport = harness.snapshot(1, now);
    JobProgress first = finished();
    harness.close();
    open(beforeTheExport);

    JobProgress second = finished();

    assertThat(second.exports())
        .filteredOn(file -> !file.format().equals("card"))
        .isEqualTo(first.exports().stream().filter(f -> !f.format().equals("card")).toList());
    assertThat(second.state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void outputsThatCannotBeRightEndTheJobAndSayWhy() throws Exception {
    run(job());
    commit("part-0.jsonl", lines);
    commit("part-1.jsonl", List.of(new OutputLine(JOB, 1, "no JSON")));
    hand(stopped);

    JobProgress finished = finished();

    assertThat(finished.state()).isEqualTo(JobState.FAILED);
    assertThat(finished.stateReason()).startsWith("the dataset cannot be exported: ");
    assertThat(finished.exports()).isEmpty();
    assertThat(side(ExportOperator.RUNS).at("/reason").asText()).isEqualTo(finished.stateReason());
    assertNothingIsLeft();
  }

  @Test
  void aStoreThatFailsIsTriedAgainThoughTheFilesStayTheSame() throws Exception {
    run(job());
    commit("part-0.jsonl", lines);
    Path inTheWay = bucket.resolve(JobPaths.exports(JOB));
    Files.createDirectories(inTheWay.getParent());
    Files.writeString(inTheWay, "a file where a folder has to be");
    hand(stopped);
    lookForNothing();

    Files.delete(inTheWay);

    assertThat(finished().state()).isEqualTo(JobState.COMPLETED);
    assertNothingIsLeft();
  }

  @Test
  void nearDuplicatesCountAsRejected() throws Exception {
    JobDefinition plain = job();
    run(
        new JobDefinition(
            JOB,
            plain.userId(),
            plain.name(),
            plain.template(),
            plain.seed(),
            plain.terms(),
            new Outputs(
                List.of(ExportFormat.CSV, ExportFormat.PARQUET),
                PartitionBy.NONE,
                new Dedup(0.9),
                null),
            plain.createdAt(),
            null));
    commit("part-0.jsonl", lines);
    hand(stopped);

    JobProgress finished = finished();

    assertThat(finished.figures().counts()).isEqualTo(new Counts(RECORDS, 1, 0, RECORDS - 1, 0, 0));
    assertThat(finished.exports())
        .extracting(ExportedFile::key)
        .contains(
            JobPaths.dataset(JOB, ExportFormat.PARQUET),
            JobPaths.dataset(JOB, ExportFormat.CSV),
            JobPaths.rejectedRecords(JOB));
  }

  /** Nothing gets stuck: an error in the other thread must not leave the job waiting for ever. */
  @Test
  void whatNoCodeCanHandleFailsTheTask() throws Exception {
    run(job());
    harness.close();
    bucketUri = BrokenFileSystemFactory.ROOT;
    open(null);
    hand(stopped);

    assertThatThrownBy(() -> until(() -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("exporting the dataset of job job-1")
        .hasCauseInstanceOf(NoClassDefFoundError.class);
  }
}
