package io.plotpalette.generator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.job.JobPriority;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobQueueTest {
  private long clock;

  @Test
  void startsByPriorityAndThenByAge() {
    JobQueue queue = new JobQueue(10);
    queue.submit(job("low", "ann", JobPriority.LOW));
    queue.submit(job("old", "ann", JobPriority.NORMAL));
    queue.submit(job("new", "ann", JobPriority.NORMAL));
    queue.submit(job("high", "ann", JobPriority.HIGH));

    assertThat(startAll(queue)).containsExactly("high", "old", "new", "low");
  }

  @Test
  void neverRunsMoreThanItsLimit() {
    JobQueue queue = new JobQueue(2);
    for (int i = 0; i < 3; i++) {
      queue.submit(job("job-" + i, "ann", JobPriority.NORMAL));
    }

    assertThat(startAll(queue)).containsExactly("job-0", "job-1");
    queue.finished("job-1");
    assertThat(startAll(queue)).containsExactly("job-2");
  }

  @Test
  void aUserIsPassedOverAtMostAsOftenAsJobsRunAtOnce() {
    JobQueue queue = new JobQueue(2);
    for (int i = 0; i < 20; i++) {
      queue.submit(job("high-" + i, "ann", JobPriority.HIGH));
    }
    queue.submit(job("low-bob", "bob", JobPriority.LOW));
    queue.submit(job("lower-bob", "bob", JobPriority.LOW));

    assertThat(runOneByOne(queue, 4)).containsExactly("high-0", "high-1", "low-bob", "high-2");
    // With one running, a user is not starved, however long the others' jobs go first.
    assertThat(runOneByOne(queue, 3)).containsExactly("high-3", "high-4", "high-5");
    queue.finished("low-bob");
    assertThat(runOneByOne(queue, 3)).containsExactly("high-6", "high-7", "lower-bob");
  }

  @Test
  void severalStarvedUsersGoOneAfterTheOther() {
    JobQueue queue = new JobQueue(1);
    for (int i = 0; i < 5; i++) {
      queue.submit(job("ann-" + i, "ann", JobPriority.HIGH));
    }
    queue.submit(job("bob-0", "bob", JobPriority.LOW));
    queue.submit(job("cat-0", "cat", JobPriority.LOW));

    List<String> started = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String job = queue.start().orElseThrow().jobId();
      started.add(job);
      queue.finished(job);
    }
    assertThat(started.get(0)).isEqualTo("ann-0");
    assertThat(started.subList(1, 4)).contains("bob-0", "cat-0");
  }

  @Test
  void newsThatComesTwiceChangesNothing() {
    JobQueue queue = new JobQueue(5);
    QueuedJob job = job("job", "ann", JobPriority.NORMAL);
    queue.submit(job);
    queue.submit(job);
    assertThat(startAll(queue)).containsExactly("job");

    queue.submit(job);

    assertThat(startAll(queue)).isEmpty();
  }

  @Test
  void aCancelledJobDoesNotStart() {
    JobQueue queue = new JobQueue(5);
    queue.submit(job("gone", "ann", JobPriority.HIGH));
    queue.submit(job("stays", "ann", JobPriority.LOW));

    assertThat(queue.withdraw("gone")).isTrue();
    assertThat(queue.withdraw("gone")).isFalse();
    assertThat(startAll(queue)).containsExactly("stays");
  }

  @Test
  void goesOnFromACheckpointAsIfNothingHadHappened() {
    JobQueue queue = new JobQueue(2);
    for (int i = 0; i < 5; i++) {
      queue.submit(job("high-" + i, "ann", JobPriority.HIGH));
    }
    queue.submit(job("bob", "bob", JobPriority.LOW));
    startAll(queue);

    JobQueue restored = new JobQueue(2, queue.state());

    assertThat(restored.start()).isEmpty();
    restored.finished("high-0");
    assertThat(startAll(restored)).containsExactly("bob");
  }

  @Test
  void refusesToRunNothing() {
    assertThatThrownBy(() -> new JobQueue(0)).hasMessageContaining("at least one job");
  }

  private QueuedJob job(String id, String user, JobPriority priority) {
    return new QueuedJob(id, user, priority, clock++);
  }

  private static List<String> startAll(JobQueue queue) {
    List<String> started = new ArrayList<>();
    queue
        .start()
        .ifPresent(
            job -> {
              started.add(job.jobId());
              started.addAll(startAll(queue));
            });
    return started;
  }

  /** Of ann's jobs each ends before the next start; bob's go on. */
  private static List<String> runOneByOne(JobQueue queue, int starts) {
    List<String> started = new ArrayList<>();
    for (int i = 0; i < starts; i++) {
      QueuedJob job = queue.start().orElseThrow();
      started.add(job.jobId());
      if (job.userId().equals("ann")) {
        queue.finished(job.jobId());
      }
    }
    return started;
  }
}
