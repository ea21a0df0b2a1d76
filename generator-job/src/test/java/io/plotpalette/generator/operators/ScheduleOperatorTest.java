package io.plotpalette.generator.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.TestingJobs;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.Terms;
import io.plotpalette.model.job.JobPriority;
import io.plotpalette.model.job.JobState;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduleOperatorTest {
  private static final long LOOK_MILLIS = 60_000;
  private static final int MAX_RUNNING = 2;

  private final InMemoryTables tables = new InMemoryTables();
  private OneInputStreamOperatorTestHarness<String, JobCommand> harness;
  private long now;

  /** No operator of a schedule calls a model. */
  private record TestingConnections(InMemoryTables tables) implements Connections {
    @Override
    public Stores stores() {
      return tables;
    }

    @Override
    public ModelClient models() {
      throw new UnsupportedOperationException();
    }
  }

  @AfterEach
  void close() throws Exception {
    if (harness != null) {
      harness.close();
    }
  }

  private void open(OperatorSubtaskState state) throws Exception {
    harness =
        new OneInputStreamOperatorTestHarness<>(
            new ScheduleOperatorFactory(
                new ScheduleOptions(MAX_RUNNING, LOOK_MILLIS), new TestingConnections(tables)),
            1,
            1,
            0);
    harness.setProcessingTime(now);
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    RunHarness.readMails(harness);
  }

  /** Ends it, and starts it from what it had stored. */
  private void restart() throws Exception {
    OperatorSubtaskState state = harness.snapshot(1, now);
    harness.close();
    open(state);
  }

  private void event(String jobId) throws Exception {
    harness.processElement(new StreamRecord<>(jobId));
    RunHarness.readMails(harness);
  }

  private void letTimePass() throws Exception {
    now += LOOK_MILLIS;
    harness.setProcessingTime(now);
    RunHarness.readMails(harness);
  }

  /** Since it was last asked. */
  private List<String> commands() {
    List<String> commands = new ArrayList<>();
    for (JobCommand command : harness.extractOutputValues()) {
      commands.add(command.toString());
    }
    harness.getOutput().clear();
    return commands;
  }

  private void queue(String jobId, JobPriority priority, int createdAfterSeconds) {
    JobDefinition job = TestingJobs.job(jobId, 5, "1", 1);
    tables.queue(
        new JobDefinition(
            jobId,
            job.userId(),
            job.name(),
            job.template(),
            job.seed(),
            new Terms(5, job.terms().budgetLimit(), priority, 1, 1),
            job.outputs(),
            job.createdAt().plusSeconds(createdAfterSeconds),
            null));
  }

  private void queue(String jobId) {
    queue(jobId, JobPriority.NORMAL, 0);
  }

  private void cancel(String jobId) {
    tables.replace(TestingJobs.cancelled(TestingJobs.job(jobId, 5, "1", 1)));
  }

  @Test
  void noMoreStartAtOnceThanMayRun() throws Exception {
    for (String job : List.of("a", "b", "c", "d")) {
      queue(job);
    }

    open(null);

    assertThat(commands()).containsExactly("START a", "START b");
  }

  @Test
  void ofThoseThatWaitTheFirstOfTheHighestPriorityIsNext() throws Exception {
    queue("a");
    queue("b");
    open(null);
    assertThat(commands()).containsExactly("START a", "START b");
    queue("low", JobPriority.LOW, 0);
    queue("later", JobPriority.NORMAL, 20);
    queue("first", JobPriority.NORMAL, 10);
    for (String job : List.of("low", "later", "first")) {
      event(job);
    }
    assertThat(commands()).isEmpty();

    tables.move("a", JobState.COMPLETED);
    event("a");
    assertThat(commands()).containsExactly("START first");
    tables.move("b", JobState.FAILED);
    event("b");
    assertThat(commands()).containsExactly("START later");
    tables.move("later", JobState.CANCELLED);
    event("later");
    assertThat(commands()).containsExactly("START low");
  }

  @Test
  void newsThatComeTwiceStartNothingTwice() throws Exception {
    open(null);
    queue("a");

    event("a");
    event("a");
    tables.move("a", JobState.RUNNING);
    event("a");
    letTimePass();

    assertThat(commands()).containsExactly("START a");
  }

  @Test
  void aJobWhoseEventWasLostIsFoundByTheNextLook() throws Exception {
    open(null);
    queue("a");
    assertThat(commands()).isEmpty();

    letTimePass();

    assertThat(commands()).containsExactly("START a");
    tables.move("a", JobState.COMPLETED);
    queue("b");
    queue("c");
    letTimePass();
    assertThat(commands())
        .as("the end of a was not heard of either")
        .containsExactly("START b", "START c");
  }

  @Test
  void aJobThatIsOverIsNotStartedAgain() throws Exception {
    queue("a");
    tables.move("a", JobState.COMPLETED);
    open(null);

    event("a");
    letTimePass();

    assertThat(commands()).isEmpty();
  }

  @Test
  void aRunningJobThatIsCancelledIsTold() throws Exception {
    queue("a");
    open(null);
    commands();

    cancel("a");
    event("a");

    assertThat(commands()).containsExactly("CANCEL a");
  }

  @Test
  void aWaitingJobThatIsCancelledIsWrittenOffWithoutWaitingForItsTurn() throws Exception {
    queue("a");
    queue("b");
    queue("c");
    open(null);
    assertThat(commands()).hasSize(2);

    cancel("c");
    event("c");

    assertThat(commands()).containsExactly("START c");
  }

  @Test
  void aJobThatIsDeletedIsStoppedAndLeavesItsPlace() throws Exception {
    queue("a");
    queue("b");
    queue("c");
    open(null);
    commands();

    tables.delete("a");
    event("a");

    assertThat(commands()).containsExactly("CANCEL a", "START c");
    tables.delete("c");
    event("c");
    assertThat(commands()).containsExactly("CANCEL c");
    tables.delete("never heard of");
    event("never heard of");
    assertThat(commands()).isEmpty();
  }

  @Test
  void aJobThatWaitedIsForgottenWhenItIsDeleted() throws Exception {
    queue("a");
    queue("b");
    queue("c");
    open(null);
    commands();

    tables.delete("c");
    event("c");
    tables.move("a", JobState.COMPLETED);
    event("a");

    assertThat(commands()).isEmpty();
  }

  @Test
  void jobsThatRanWhenTheStateWasLostGoOnEvenBeyondTheLimit() throws Exception {
    for (String job : List.of("a", "b", "c")) {
      queue(job);
      tables.move(job, job.equals("c") ? JobState.EXPORTING : JobState.RUNNING);
    }
    queue("d");

    open(null);

    assertThat(commands()).containsExactlyInAnyOrder("START a", "START b", "START c");
  }

  @Test
  void nothingNewStartsBeforeItIsKnownHowManyRun() throws Exception {
    for (String job : List.of("a", "b")) {
      queue(job);
      tables.move(job, JobState.RUNNING);
    }
    queue("c");
    tables.holdLooks();
    open(null);

    tables.answerLastLook();
    RunHarness.readMails(harness);
    assertThat(commands()).isEmpty();
    assertThat(tables.looks()).isEqualTo(3);

    tables.answerLooks();
    RunHarness.readMails(harness);
    assertThat(commands()).containsExactlyInAnyOrder("START a", "START b");
  }

  @Test
  void aRestoredQueueKnowsWhatRunsAndWhatWaits() throws Exception {
    queue("a");
    queue("b");
    queue("c");
    open(null);
    commands();

    restart();
    assertThat(commands()).isEmpty();

    tables.move("b", JobState.COMPLETED);
    event("b");
    assertThat(commands()).containsExactly("START c");
  }

  @Test
  void whatHasEndedWhileNobodyWatchedLeavesItsPlaceAtTheRestart() throws Exception {
    queue("a");
    queue("b");
    queue("c");
    open(null);
    commands();
    tables.move("a", JobState.COMPLETED);
    tables.delete("b");

    restart();

    assertThat(commands()).containsExactlyInAnyOrder("CANCEL b", "START c");
  }

  @Test
  void aJobThatCannotBeReadHoldsUpNoOther() throws Exception {
    tables.holdLooks();
    open(null);
    queue("a");
    tables.damage("damaged");
    event("damaged");
    event("a");

    tables.answerLooks();
    RunHarness.readMails(harness);

    assertThat(commands()).containsExactly("START a");
  }

  @Test
  void whatIsHeardDuringALookIsLookedAtOnceMore() throws Exception {
    open(null);
    tables.holdLooks();
    queue("a");
    event("a");
    event("a");
    event("a");
    assertThat(tables.looks()).isEqualTo(1);

    tables.answerLooks();
    RunHarness.readMails(harness);
    assertThat(tables.looks()).isEqualTo(2);
    tables.move("a", JobState.COMPLETED);
    tables.answerLooks();
    RunHarness.readMails(harness);

    assertThat(tables.looks()).isEqualTo(2);
    assertThat(commands()).containsExactly("START a");
  }

  @Test
  void whatComesAfterItsEndIsDropped() throws Exception {
    open(null);
    tables.holdLooks();
    queue("a");
    event("a");
    OneInputStreamOperatorTestHarness<String, JobCommand> closed = harness;
    harness = null;
    closed.close();

    tables.answerLooks();

    assertThat(closed.extractOutputValues()).isEmpty();
  }
}
