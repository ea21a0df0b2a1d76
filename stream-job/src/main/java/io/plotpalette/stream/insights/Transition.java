package io.plotpalette.stream.insights;

import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;

/**
 * What one task change adds to the counts of its windows. It comes from the image pair of that
 * change alone, so the counts do not depend on the order in which shards are read.
 *
 * @param openDelta +1 when the task enters the backlog, -1 when it leaves it
 * @param leadTimeMillis creation to completion, of a completion; else -1
 */
record Transition(
    boolean created,
    boolean completed,
    boolean reopened,
    boolean cancelled,
    boolean deleted,
    boolean updated,
    int openDelta,
    boolean onTime,
    boolean overdueCompleted,
    long leadTimeMillis) {

  static Transition of(TaskChange change) {
    Task task = change.task();
    boolean deleted = change.changeType() == ChangeType.DELETED;
    TaskStatus before = change.previousStatus();
    TaskStatus after = deleted ? null : task.status();
    boolean wasOpen = before != null && before.isOpen();
    boolean isOpen = after != null && after.isOpen();
    boolean completed = after == TaskStatus.DONE && before != TaskStatus.DONE;
    Instant deadline = completed ? task.deadline() : null;
    boolean onTime = deadline != null && !task.completedAt().isAfter(deadline);
    return new Transition(
        change.changeType() == ChangeType.CREATED,
        completed,
        isOpen && before != null && !wasOpen,
        after == TaskStatus.CANCELLED && before != TaskStatus.CANCELLED,
        deleted,
        change.changeType() == ChangeType.UPDATED,
        (isOpen ? 1 : 0) - (wasOpen ? 1 : 0),
        onTime,
        deadline != null && !onTime,
        completed ? task.completedAt().toEpochMilli() - task.createdAt().toEpochMilli() : -1);
  }
}
