package io.plotpalette.api.tasks;

import io.plotpalette.api.http.IfMatch;
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
import java.util.function.Supplier;

/** What can be done with tasks. Whoever is not the owner finds nothing. */
final class Tasks {
  /** Each failed attempt means that another write of the same task succeeded. */
  private static final int MAX_ATTEMPTS = 10;

  private final TaskStore store;
  private final InstantSource clock;
  private final Supplier<String> ids;

  Tasks(TaskStore store, InstantSource clock, Supplier<String> ids) {
    this.store = store;
    this.clock = clock;
    this.ids = ids;
  }

  Task create(String userId, TaskInput input) {
    Instant now = now();
    Task task =
        input
            .applyTo(Task.builder())
            .taskId(ids.get())
            .userId(userId)
            .createdAt(now)
            .updatedAt(now)
            .completedAt(input.status() == TaskStatus.DONE ? now : null)
            .build();
    store.add(task);
    return task;
  }

  Task get(String userId, String taskId) {
    return store.find(userId, taskId).orElseThrow(Tasks::notFound);
  }

  TaskPage list(String userId, int limit, Map<String, String> startAfter) {
    return store.list(userId, limit, startAfter);
  }

  Task replace(String userId, String taskId, IfMatch ifMatch, TaskInput input) {
    if (taskId.equals(input.parentId())) {
      throw ProblemException.invalidBody(
          List.of(Violation.inBody("/" + TaskAttribute.PARENT_ID, "must not be the task itself")));
    }
    return update(
        userId, taskId, ifMatch, task -> Optional.of(input.applyTo(task.toBuilder()).build()));
  }

  Task complete(String userId, String taskId, IfMatch ifMatch) {
    return update(
        userId,
        taskId,
        ifMatch,
        task ->
            task.status() == TaskStatus.DONE
                ? Optional.empty()
                : Optional.of(task.toBuilder().status(TaskStatus.DONE).build()));
  }

  Task reopen(String userId, String taskId, IfMatch ifMatch) {
    return update(
        userId,
        taskId,
        ifMatch,
        task ->
            task.status().isOpen()
                ? Optional.empty()
                : Optional.of(task.toBuilder().status(TaskStatus.TODO).build()));
  }

  void delete(String userId, String taskId, IfMatch ifMatch) {
    write(userId, taskId, ifMatch, store::delete);
  }

  /** Writes what {@code change} makes of the task as the next version; nothing when it is empty. */
  private Task update(
      String userId, String taskId, IfMatch ifMatch, Function<Task, Optional<Task>> change) {
    return write(
        userId,
        taskId,
        ifMatch,
        current ->
            change
                .apply(current)
                .map(changed -> store.replace(current, nextVersion(current, changed)))
                .orElseGet(() -> new WriteOutcome.Written(current)));
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
        return ((WriteOutcome.Written) outcome).task();
      }
    }
    throw ProblemException.unavailable();
  }

  private Task nextVersion(Task current, Task changed) {
    Instant now = now();
    // The clocks of two functions differ; a task's own time never goes back.
    Instant updatedAt = now.isBefore(current.updatedAt()) ? current.updatedAt() : now;
    Instant completedAt = current.completedAt() == null ? updatedAt : current.completedAt();
    return changed.toBuilder()
        .updatedAt(updatedAt)
        .completedAt(changed.status() == TaskStatus.DONE ? completedAt : null)
        .version(current.version() + 1)
        .build();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static ProblemException notFound() {
    return ProblemException.of(ProblemType.NOT_FOUND);
  }
}
