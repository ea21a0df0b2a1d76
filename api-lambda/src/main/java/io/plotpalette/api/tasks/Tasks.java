package io.plotpalette.api.tasks;

import io.plotpalette.api.http.IfMatch;
import io.plotpalette.api.http.NewIds;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.Violation;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What can be done with tasks. Whoever is not the owner finds nothing. */
final class Tasks {
  /** Each failed attempt means that another write of the same task succeeded. */
  private static final int MAX_ATTEMPTS = 10;

  private final TaskStore store;
  private final InstantSource clock;

  Tasks(TaskStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Creates a task; gives back the one an earlier run of the same request has created.
   *
   * @param mark remembers that it was done; without one the id alone tells
   */
  Task create(String userId, TaskInput input, NewIds ids, Optional<WriteMark> mark) {
    Instant now = now();
    Task task =
        input
            .applyTo(Task.builder())
            .taskId(ids.next().get())
            .userId(userId)
            .createdAt(now)
            .updatedAt(now)
            .completedAt(input.status() == TaskStatus.DONE ? now : null)
            .build();
    if (mark.isPresent()) {
      return written(store.add(task, mark.get()));
    }
    Task added = store.add(task);
    if (!ids.mayExist() && !added.equals(task)) {
      throw new IllegalStateException("task id is taken: " + task.taskId());
    }
    return added;
  }

  Task get(String userId, String taskId) {
    return store.find(userId, taskId).orElseThrow(Tasks::notFound);
  }

  TaskPage list(String userId, TaskQuery query, int limit, Map<String, String> startAfter) {
    return store.list(userId, query, limit, startAfter);
  }

  /**
   * What has changed since the cursor was given out.
   *
   * @param cursor empty for everything there is
   */
  TaskChanges changes(String userId, Optional<String> cursor, int limit) {
    Instant now = now();
    ChangesPosition position =
        cursor
            .map(text -> ChangesPosition.read(text, now))
            .orElseGet(() -> ChangesPosition.beginning(now));
    return store.changes(userId, position, limit);
  }

  Task replace(String userId, String taskId, IfMatch ifMatch, TaskInput input) {
    return change(userId, taskId, ifMatch, task -> input, Optional.empty());
  }

  /** Replaces what a user can set by what {@code edit} makes of the current version. */
  Task change(
      String userId,
      String taskId,
      IfMatch ifMatch,
      Function<Task, TaskInput> edit,
      Optional<WriteMark> mark) {
    return update(
        userId,
        taskId,
        ifMatch,
        task -> {
          TaskInput input = edit.apply(task);
          if (taskId.equals(input.parentId())) {
            throw ProblemException.invalidBody(
                List.of(
                    Violation.inBody(
                        "/" + TaskAttribute.PARENT_ID, "must not be the task itself")));
          }
          return Optional.of(input.applyTo(task.toBuilder()).build());
        },
        mark);
  }

  Task complete(String userId, String taskId, IfMatch ifMatch, Optional<WriteMark> mark) {
    return update(
        userId,
        taskId,
        ifMatch,
        task ->
            task.status() == TaskStatus.DONE
                ? Optional.empty()
                : Optional.of(task.toBuilder().status(TaskStatus.DONE).build()),
        mark);
  }

  Task reopen(String userId, String taskId, IfMatch ifMatch, Optional<WriteMark> mark) {
    return update(
        userId,
        taskId,
        ifMatch,
        task ->
            task.status().isOpen()
                ? Optional.empty()
                : Optional.of(task.toBuilder().status(TaskStatus.TODO).build()),
        mark);
  }

  void delete(String userId, String taskId, IfMatch ifMatch, Optional<WriteMark> mark) {
    write(
        userId,
        taskId,
        ifMatch,
        task -> store.delete(task, new Tombstone(task.taskId(), timeAfter(task)), mark),
        mark);
  }

  /** Writes what {@code change} makes of the task as the next version; nothing when it is empty. */
  private Task update(
      String userId,
      String taskId,
      IfMatch ifMatch,
      Function<Task, Optional<Task>> change,
      Optional<WriteMark> mark) {
    return write(
        userId,
        taskId,
        ifMatch,
        current ->
            change
                .apply(current)
                .map(changed -> store.replace(current, nextVersion(current, changed), mark))
                .orElseGet(
                    () -> new WriteOutcome.Written(mark.flatMap(store::marked).orElse(current))),
        mark);
  }

  /**
   * Tries until nobody else writes in between. What is refused may have been refused for the very
   * write that an earlier run of the request has made: then that is the outcome.
   */
  private Task write(
      String userId,
      String taskId,
      IfMatch ifMatch,
      Function<Task, WriteOutcome> attempt,
      Optional<WriteMark> mark) {
    try {
      return write(userId, taskId, ifMatch, attempt);
    } catch (ProblemException e) {
      return mark.flatMap(store::marked).orElseThrow(() -> e);
    }
  }

  private Task write(
      String userId, String taskId, IfMatch ifMatch, Function<Task, WriteOutcome> attempt) {
    Task current = get(userId, taskId);
    for (int attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      if (!ifMatch.matches(current.version())) {
        throw ProblemException.versionMismatch(current.version());
      }
      WriteOutcome outcome = attempt.apply(current);
      if (outcome instanceof WriteOutcome.Conflict conflict) {
        current = conflict.current().orElseThrow(Tasks::notFound);
      } else {
        return written(outcome);
      }
    }
    throw ProblemException.unavailable();
  }

  private static Task written(WriteOutcome outcome) {
    if (outcome instanceof WriteOutcome.Written written) {
      return written.task();
    }
    if (outcome instanceof WriteOutcome.Repeated repeated) {
      // Without a task another run has just found that it cannot be done.
      return repeated
          .task()
          .orElseThrow(() -> ProblemException.of(ProblemType.REQUEST_IN_PROGRESS));
    }
    if (((WriteOutcome.Conflict) outcome).current().isEmpty()) {
      throw ProblemException.unavailable();
    }
    throw new IllegalStateException("the id of a new task is taken");
  }

  private Task nextVersion(Task current, Task changed) {
    Instant updatedAt = timeAfter(current);
    Instant completedAt = current.completedAt() == null ? updatedAt : current.completedAt();
    return changed.toBuilder()
        .updatedAt(updatedAt)
        .completedAt(changed.status() == TaskStatus.DONE ? completedAt : null)
        .version(current.version() + 1)
        .build();
  }

  /** The clocks of two functions differ; a task's own time never goes back. */
  private Instant timeAfter(Task current) {
    Instant now = now();
    return now.isBefore(current.updatedAt()) ? current.updatedAt() : now;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static ProblemException notFound() {
    return ProblemException.of(ProblemType.NOT_FOUND);
  }
}
