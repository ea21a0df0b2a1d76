package io.plotpalette.stream.insights;

import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * What one task change adds to its user's counts. It comes from the image pair of that change
 * alone, so the counts do not depend on the order in which shards are read.
 *
 * @param openDelta +1 when the task enters the backlog, -1 when it leaves it
 * @param leadTimeSeconds creation to completion, of a completion; else null
 */
public record Transition(
    String userId,
    Instant changedAt,
    String changeId,
    boolean created,
    boolean completed,
    boolean reopened,
    boolean cancelled,
    boolean deleted,
    boolean updated,
    int openDelta,
    boolean onTime,
    boolean overdueCompleted,
    Double leadTimeSeconds) {

  public static Transition of(TaskChange change) {
    Task task = change.task();
    boolean deleted = change.changeType() == ChangeType.DELETED;
    TaskStatus before = change.previousStatus();
    TaskStatus after = deleted ? null : task.status();
    boolean wasOpen = before != null && before.isOpen();
    boolean isOpen = after != null && after.isOpen();
    boolean completed = after == TaskStatus.DONE && before != TaskStatus.DONE;
    Instant deadline = task.deadline();
    boolean onTime = completed && deadline != null && !task.completedAt().isAfter(deadline);
    return new Transition(
        task.userId(),
        change.changedAt(),
        change.changeId(),
        change.changeType() == ChangeType.CREATED,
        completed,
        isOpen && before != null && !wasOpen,
        after == TaskStatus.CANCELLED && before != TaskStatus.CANCELLED,
        deleted,
        change.changeType() == ChangeType.UPDATED,
        (isOpen ? 1 : 0) - (wasOpen ? 1 : 0),
        onTime,
        completed && deadline != null && !onTime,
        completed ? seconds(task.createdAt(), task.completedAt()) : null);
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1000.0;
  }
}
