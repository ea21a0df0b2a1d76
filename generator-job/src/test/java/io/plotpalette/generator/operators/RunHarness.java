package io.plotpalette.generator.operators;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.generator.TestingJobs;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of {@code run}, whose clock and mailbox a test moves on. */
final class RunHarness implements AutoCloseable {
  static final int MAX_PARALLELISM = 128;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** Of all harnesses of this process: no owner of a job may have had its id before. */
  private static final AtomicLong OWNERS = new AtomicLong();

  /** Of the machine the attempts follow each other on. */
  private static final AtomicLong CLOCK = new AtomicLong(TestingJobs.NOON.toEpochMilli());

  private final KeyedOneInputStreamOperatorTestHarness<String, JobCommand, OutputLine> harness;

  /** Which of how many. */
  record Subtask(int index, int parallelism) {
    static final Subtask ONLY = new Subtask(0, 1);
  }

  private record TestingConnections(InMemoryTables tables, ModelClient models)
      implements Connections {
    @Override
    public Stores stores() {
      return tables;
    }
  }

  /**
   * Starts it.
   *
   * @param state null for none
   */
  RunHarness(
      InMemoryTables tables,
      ModelClient models,
      Path bucket,
      Subtask subtask,
      OperatorSubtaskState state)
      throws Exception {
    long owner = OWNERS.incrementAndGet();
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new RunOperatorFactory(
                new RunOptions(
                    bucket.toUri(), "us-east-1", null, 1_000, 2, new RunOptions.Journal(2, 5)),
                new TestingConnections(tables, models),
                () -> "owner-%06d".formatted(owner)),
            command -> command.jobId,
            Types.STRING,
            MAX_PARALLELISM,
            subtask.parallelism(),
            subtask.index());
    harness.setProcessingTime(CLOCK.get());
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
  }

  /** Epoch milliseconds by the clock of all harnesses. */
  static long now() {
    return CLOCK.get();
  }

  void send(JobCommand command) throws Exception {
    harness.processElement(new StreamRecord<>(command));
  }

  /** Lets time pass and mails be read until something holds. */
  void until(Callable<Boolean> holds) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(DEADLINE)
        .until(
            () -> {
              move();
              return holds.call();
            });
  }

  /** A millisecond passes, and what has come in is read. */
  void move() throws Exception {
    harness.setProcessingTime(CLOCK.incrementAndGet());
    readMails(harness);
  }

  /** Lets a long time pass in which nothing is expected. */
  void rest(Duration time) throws Exception {
    harness.setProcessingTime(CLOCK.addAndGet(time.toMillis()));
    readMails(harness);
  }

  static void readMails(AbstractStreamOperatorTestHarness<?> harness) throws Exception {
    TaskMailbox mailbox = harness.getTaskMailbox();
    for (Optional<Mail> mail = mailbox.tryTake(TaskMailbox.MIN_PRIORITY);
        mail.isPresent();
        mail = mailbox.tryTake(TaskMailbox.MIN_PRIORITY)) {
      mail.get().run();
    }
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, CLOCK.get());
  }

  List<OutputLine> lines() {
    return harness.extractOutputValues();
  }

  /** Of a job, as they left. */
  List<JsonNode> records(String jobId) {
    List<JsonNode> records = new ArrayList<>();
    for (OutputLine line : lines()) {
      if (line.jobId.equals(jobId)) {
        records.add(json(line.line));
      }
    }
    return records;
  }

  List<StoppedRun> stopped() {
    return side(RunOperator.STOPPED);
  }

  /** Of all jobs, as it was told. */
  List<JobProgress> progress() {
    return side(RunOperator.PROGRESS).stream()
        .map(text -> JobJson.readProgress(json(text)))
        .toList();
  }

  /** The newest of a job. */
  JobProgress lastProgress(String jobId) {
    return progress().stream()
        .filter(progress -> progress.jobId().equals(jobId))
        .reduce((before, after) -> after)
        .orElseThrow();
  }

  List<String> costs() {
    return side(RunOperator.COSTS);
  }

  private <T> List<T> side(OutputTag<T> tag) {
    return harness.getSideOutput(tag) == null
        ? List.of()
        : harness.getSideOutput(tag).stream().map(StreamRecord::getValue).toList();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  int keysInState() {
    return harness.numKeyedStateEntries();
  }

  int timers() {
    return harness.numProcessingTimeTimers();
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
