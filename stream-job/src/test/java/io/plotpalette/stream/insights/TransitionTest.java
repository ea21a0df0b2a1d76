package io.plotpalette.stream.insights;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransitionTest {
  private static final Instant CREATED = Instant.parse("2026-11-20T09:00:00Z");
  private static final Instant CHANGED = Instant.parse("2026-11-20T12:30:00Z");

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    // before, after, completed, reopened, cancelled, open delta
    ",            todo,        false, false, false,  1",
    ",            in_progress, false, false, false,  1",
    ",            done,        true,  false, false,  0",
    ",            cancelled,   false, false, true,   0",
    "todo,        todo,        false, false, false,  0",
    "todo,        in_progress, false, false, false,  0",
    "todo,        done,        true,  false, false, -1",
    "in_progress, cancelled,   false, false, true,  -1",
    "done,        done,        false, false, false,  0",
    "done,        todo,        false, true,  false,  1",
    "done,        in_progress, false, true,  false,  1",
    "done,        cancelled,   false, false, true,   0",
    "cancelled,   todo,        false, true,  false,  1",
    "cancelled,   done,        true,  false, false,  0",
    "cancelled,   cancelled,   false, false, false,  0",
  })
  void comesFromTheStatusBeforeAndAfter(
      String before,
      String after,
      boolean completed,
      boolean reopened,
      boolean cancelled,
      int openDelta) {
    TaskStatus beforeStatus = before == null ? null : TaskStatus.fromWire(before).orElseThrow();
    ChangeType type = before == null ? ChangeType.CREATED : ChangeType.UPDATED;

    Transition transition =
        Transition.of(
            change(type, beforeStatus, task(TaskStatus.fromWire(after).orElseThrow()).build()));

    assertThat(transition.created()).isEqualTo(before == null);
    assertThat(transition.updated()).isEqualTo(before != null);
    assertThat(transition.completed()).isEqualTo(completed);
    assertThat(transition.reopened()).isEqualTo(reopened);
    assertThat(transition.cancelled()).isEqualTo(cancelled);
    assertThat(transition.openDelta()).isEqualTo(openDelta);
    assertThat(transition.deleted()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"todo, -1", "in_progress, -1", "done, 0", "cancelled, 0"})
  void aDeletionTakesOnlyAnOpenTaskFromTheBacklog(String before, int openDelta) {
    TaskStatus status = TaskStatus.fromWire(before).orElseThrow();

    Transition transition = Transition.of(change(ChangeType.DELETED, status, task(status).build()));

    assertThat(transition.deleted()).isTrue();
    assertThat(transition.updated()).isFalse();
    assertThat(transition.completed()).isFalse();
    assertThat(transition.openDelta()).isEqualTo(openDelta);
  }

  @Test
  void leadTimeIsCreationToCompletion() {
    Transition transition =
        Transition.of(change(ChangeType.UPDATED, TaskStatus.TODO, task(TaskStatus.DONE).build()));

    assertThat(transition.leadTimeMillis()).isEqualTo(3_500L * 3600);
  }

  @Test
  void onTimeAndOverdueNeedADeadline() {
    Transition without =
        Transition.of(change(ChangeType.UPDATED, TaskStatus.TODO, task(TaskStatus.DONE).build()));
    Transition onTime =
        Transition.of(
            change(
                ChangeType.UPDATED, TaskStatus.TODO, task(TaskStatus.DONE).dueAt(CHANGED).build()));
    Transition overdue =
        Transition.of(
            change(
                ChangeType.UPDATED,
                TaskStatus.TODO,
                task(TaskStatus.DONE).dueDate(LocalDate.of(2026, 11, 19)).build()));

    assertThat(without.onTime() || without.overdueCompleted()).isFalse();
    assertThat(onTime.onTime()).isTrue();
    assertThat(onTime.overdueCompleted()).isFalse();
    assertThat(overdue.onTime()).isFalse();
    assertThat(overdue.overdueCompleted()).isTrue();
  }

  private static Task.Builder task(TaskStatus status) {
    return Task.builder()
        .taskId("t")
        .userId("u")
        .title("title")
        .status(status)
        .createdAt(CREATED)
        .updatedAt(CHANGED)
        .completedAt(status == TaskStatus.DONE ? CHANGED : null);
  }

  private static TaskChange change(ChangeType type, TaskStatus before, Task task) {
    return new TaskChange(
        "e", type, CHANGED, CHANGED, "1", CHANGED, before, before == null ? null : 1L, task);
  }
}
