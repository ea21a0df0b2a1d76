package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskHistoriesTest {
  private static final Instant START = Instant.parse("2026-11-20T10:00:00.000Z");
  private static final int STEPS = 20_000;

  @Test
  void everyStepFollowsFromTheTaskAsItIs() {
    Map<String, Task> table = new HashMap<>();
    for (TaskHistories.Step step : steps(1)) {
      Task before = step.before();
      Task after = step.after();
      if (before != null) {
        assertThat(table.remove(before.taskId())).isEqualTo(before);
      }
      if (after != null) {
        assertThat(after.version()).isEqualTo(before == null ? 1 : before.version() + 1);
        assertThat(after.completedAt() != null).isEqualTo(after.status() == TaskStatus.DONE);
        assertThat(after.createdAt()).isBeforeOrEqualTo(after.updatedAt());
        assertThat(table.put(after.taskId(), after)).isNull();
      }
    }
  }

  @Test
  void everyStatusIsReachedFromEveryOtherAndDeletedFrom() {
    Set<List<TaskStatus>> seen = new HashSet<>();
    for (TaskHistories.Step step : steps(2)) {
      seen.add(Stream.of(step.before(), step.after()).map(TaskHistoriesTest::status).toList());
    }

    int statuses = TaskStatus.values().length;
    assertThat(seen).hasSize((statuses + 1) * (statuses + 1) - 1);
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    assertThat(steps(3)).isEqualTo(steps(3)).isNotEqualTo(steps(4));
    assertThat(TaskHistories.userIds(3, 10)).isEqualTo(TaskHistories.userIds(3, 10));
  }

  private static TaskStatus status(Task task) {
    return task == null ? null : task.status();
  }

  private static List<TaskHistories.Step> steps(long seed) {
    AtomicInteger ids = new AtomicInteger();
    TaskHistories histories =
        new TaskHistories(
            new Random(seed),
            TaskHistories.userIds(seed, 20),
            () -> "task-" + ids.incrementAndGet());
    return Stream.iterate(0, i -> i + 1)
        .limit(STEPS)
        .map(
            i -> {
              TaskHistories.Step step = histories.next(START.plusMillis(i));
              histories.happened(step);
              return step;
            })
        .toList();
  }
}
