package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.http.ProblemException;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Makes the writes that come out of the queue, each once however often they come. */
final class TaskWrites {
  private final TaskOperations operations;
  private final WriteMarks marks;

  TaskWrites(TaskOperations operations, WriteMarks marks) {
    this.operations = operations;
    this.marks = marks;
  }

  /**
   * Runs the operations in their order. What is refused for good is a result, too.
   *
   * @param isRepeated whether the message may have come before; saves work, nothing depends on it
   * @param goOn asked before each operation
   * @return false when it ended before the last operation
   * @throws RuntimeException when an operation may succeed later; those before it are done
   */
  boolean run(QueueMessage message, boolean isRepeated, BooleanSupplier goOn) {
    int count = message.operations().size();
    Set<Integer> done =
        isRepeated
            ? marks.results(message.userId(), message.requestId(), message.first(), count).keySet()
            : Set.of();
    for (int i = 0; i < count; i++) {
      int index = message.first() + i;
      if (done.contains(index)) {
        continue;
      }
      if (!goOn.getAsBoolean()) {
        return false;
      }
      run(message, message.operations().get(i), index);
    }
    return true;
  }

  private void run(QueueMessage message, JsonNode operation, int index) {
    String userId = message.userId();
    String seed = message.requestId();
    try {
      operations.run(
          userId,
          operation,
          Optional.of(seed),
          index,
          () -> {
            throw new IllegalStateException("ids follow from the request's");
          });
    } catch (ProblemException e) {
      if (e.type().status() >= 500) {
        throw e;
      }
      marks.keepRefusal(
          TaskOperations.mark(userId, operation, seed, index),
          e.type().status(),
          TaskOperations.problem(e));
    }
  }
}
