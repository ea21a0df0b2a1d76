package io.plotpalette.generator.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plotpalette.generator.TestingJobs;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.tables.JobStore;
import io.plotpalette.generator.tables.JournalStore;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.template.TemplateDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressSinkTest {
  private final HeldWrites table = new HeldWrites();
  private SinkWriter<String> writer;

  /** A table that answers a write when a test says so. */
  private static final class HeldWrites implements JobStore, Connections, Connections.Stores {
    private static final long serialVersionUID = 1L;

    private final transient List<JobProgress> writes = new ArrayList<>();
    private final transient List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    private transient boolean closed;

    @Override
    public CompletableFuture<Boolean> write(JobProgress progress) {
      writes.add(progress);
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      answers.add(answer);
      return answer;
    }

    private List<String> written() {
      return writes.stream().map(progress -> progress.jobId() + ":" + progress.seq()).toList();
    }

    @Override
    public Stores stores() {
      return this;
    }

    @Override
    public JobStore jobs() {
      return this;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public CompletableFuture<Optional<StoredJob>> job(String jobId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<String>> jobIds(JobState state) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Optional<TemplateDefinition>> template(TemplateRef template) {
      throw new UnsupportedOperationException();
    }

    @Override
    public JournalStore journal() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ModelClient models() {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void open() throws IOException {
    writer = new ProgressSink(table).createWriter(null);
  }

  private void progress(String jobId, long seq) throws IOException, InterruptedException {
    JobProgress queued = JobProgress.queued(TestingJobs.job(jobId, 5, "1", 1));
    JobProgress progress =
        new JobProgress(
            jobId,
            queued.userId(),
            JobState.RUNNING,
            null,
            queued.queueKey(),
            seq,
            queued.figures(),
            null,
            null,
            List.of());
    writer.write(JobJson.write(progress).toString(), null);
  }

  @Test
  void ofAJobOneWriteIsUnderWayAndThenTheNewestFollows() throws Exception {
    progress("a", 1);
    progress("a", 2);
    progress("a", 4);
    progress("a", 3);
    assertThat(table.written()).containsExactly("a:1");

    table.answers.get(0).complete(true);
    assertThat(table.written()).containsExactly("a:1", "a:4");

    table.answers.get(1).complete(true);
    progress("a", 5);
    assertThat(table.written()).containsExactly("a:1", "a:4", "a:5");
  }

  @Test
  void jobsDoNotWaitForEachOther() throws Exception {
    progress("a", 1);
    progress("b", 1);
    progress("b", 2);

    table.answers.get(1).complete(true);

    assertThat(table.written()).containsExactly("a:1", "b:1", "b:2");
  }

  @Test
  void whatIsRefusedBecauseTheJobIsFurtherIsNoFailure() throws Exception {
    progress("a", 1);
    progress("a", 2);

    table.answers.get(0).complete(false);
    table.answers.get(1).complete(false);

    writer.flush(false);
    assertThat(table.written()).containsExactly("a:1", "a:2");
  }

  @Test
  void aCheckpointWaitsUntilWhatWasWaitingIsWritten() throws Exception {
    progress("a", 1);
    progress("a", 2);
    Thread task =
        new Thread(
            () -> {
              try {
                writer.flush(false);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            "flushing");
    task.start();
    await().atMost(Duration.ofSeconds(10)).until(() -> task.getState() == Thread.State.WAITING);

    table.answers.get(0).complete(true);
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> table.written().equals(List.of("a:1", "a:2")));
    assertThat(task.isAlive()).isTrue();

    table.answers.get(1).complete(true);
    task.join(10_000);
    assertThat(task.isAlive()).isFalse();
  }

  @Test
  void aFailureEndsTheTaskAtTheNextWriteAndAtTheCheckpoint() throws Exception {
    progress("a", 1);
    progress("a", 2);

    IllegalStateException refused = new IllegalStateException("refused");
    table.answers.get(0).completeExceptionally(refused);

    assertThat(table.written()).containsExactly("a:1");
    assertThatThrownBy(() -> writer.flush(false)).isInstanceOf(IOException.class).hasCause(refused);
    assertThatThrownBy(() -> progress("b", 1)).isInstanceOf(IOException.class).hasCause(refused);
  }

  @Test
  void itsTablesAreClosedWithIt() throws Exception {
    writer.close();

    assertThat(table.closed).isTrue();
  }
}
