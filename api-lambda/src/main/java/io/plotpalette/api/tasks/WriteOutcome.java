package io.plotpalette.api.tasks;

import io.plotpalette.model.task.Task;
import java.util.Optional;

/** What became of a write that was made for one version of a task. */
sealed interface WriteOutcome {
  /** Done; {@code task} is what was written or deleted. */
  record Written(Task task) implements WriteOutcome {}

  /** Nothing was written: the task has another version by now, or is gone. */
  record Conflict(Optional<Task> current) implements WriteOutcome {}

  /**
   * Nothing was written, because an earlier run of the same request has done it; {@code task} is
   * what it wrote or deleted, and empty when it was refused.
   */
  record Repeated(Optional<Task> task) implements WriteOutcome {}
}
