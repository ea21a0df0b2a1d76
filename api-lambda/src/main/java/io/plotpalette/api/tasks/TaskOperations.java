package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.IfMatch;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.NewIds;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.RepeatableIds;
import io.plotpalette.api.http.Violation;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The operations of a batch, each a write of one task with a result of its own. */
final class TaskOperations {
  static final int CREATED = 201;
  static final int UPDATED = 200;
  static final int DELETED = 204;

  /** In bytes of UTF-8; with what is around it, it fits into one message of the queue. */
  static final int MAX_QUEUED_BYTES = 200_000;

  static final Set<String> NAMES = Set.of("create", "update", "delete");

  /** Of one result, so that the answer to a hundred fits where answers are kept (300 KB). */
  private static final int MAX_ERRORS = 3;

  private final Tasks tasks;
  private final TaskInputs inputs;

  TaskOperations(Tasks tasks, TaskInputs inputs) {
    this.tasks = tasks;
    this.inputs = inputs;
  }

  /**
   * Runs an operation.
   *
   * @param seed when the request can be run again: what its ids follow from
   * @param index of the operation within the request
   * @param ids of new tasks without a seed
   * @return its result, as the contract says
   */
  ObjectNode run(
      String userId, JsonNode operation, Optional<String> seed, int index, Supplier<String> ids) {
    String taskId = operation.path(TaskAttribute.TASK_ID).textValue();
    Optional<WriteMark> mark = seed.map(text -> mark(userId, operation, text, index));
    return switch (operation.get("op").textValue()) {
      case "create" -> {
        TaskInput input = inputs.read(operation.get("task"));
        Supplier<String> id =
            seed.<Supplier<String>>map(text -> () -> RepeatableIds.at(text, index)).orElse(ids);
        yield success(CREATED, tasks.create(userId, input, new NewIds(id, false), mark));
      }
      case "update" ->
          success(
              UPDATED,
              tasks.change(
                  userId,
                  taskId,
                  ifMatch(operation),
                  task -> inputs.patched(task, operation.get("patch")),
                  mark));
      case "delete" -> {
        tasks.delete(userId, taskId, ifMatch(operation), mark);
        yield Json.MAPPER
            .createObjectNode()
            .put("status", DELETED)
            .put(TaskAttribute.TASK_ID, taskId);
      }
      default -> throw new IllegalStateException("the contract lets no other operation pass");
    };
  }

  static WriteMark mark(String userId, JsonNode operation, String seed, int index) {
    int status =
        switch (operation.get("op").textValue()) {
          case "create" -> CREATED;
          case "delete" -> DELETED;
          default -> UPDATED;
        };
    return WriteMark.of(userId, seed, index, status);
  }

  /**
   * Checks what can be known before the operations are run.
   *
   * @throws ProblemException 422 with pointers into the batch
   */
  void check(JsonNode operations) {
    List<Violation> violations = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      JsonNode operation = operations.get(i);
      String pointer = "/operations/" + i;
      try {
        if (operation.get("op").textValue().equals("create")) {
          inputs.read(operation.get("task"));
        }
      } catch (ProblemException e) {
        e.violations()
            .forEach(
                each ->
                    violations.add(
                        Violation.inBody(pointer + "/task" + each.pointer(), each.detail())));
      }
      if (operation.has("if_match")) {
        try {
          ifMatch(operation);
        } catch (ProblemException e) {
          violations.add(
              Violation.inBody(pointer + "/if_match", "must be an ETag such as \"3\", or *"));
        }
      }
      if (bytes(operation) > MAX_QUEUED_BYTES) {
        violations.add(
            Violation.inBody(
                pointer, "must not be larger than %d bytes".formatted(MAX_QUEUED_BYTES)));
      }
    }
    if (!violations.isEmpty()) {
      throw ProblemException.invalidBody(violations);
    }
  }

  static int bytes(JsonNode operation) {
    return operation.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static IfMatch ifMatch(JsonNode operation) {
    return IfMatch.parse(operation.get("if_match").textValue());
  }

  private static ObjectNode success(int status, Task task) {
    return Json.MAPPER
        .createObjectNode()
        .put("status", status)
        .put(TaskAttribute.TASK_ID, task.taskId())
        .put(TaskAttribute.VERSION, task.version());
  }

  /** Why an operation came to nothing, short enough for a list of results. */
  static ObjectNode problem(ProblemException e) {
    ObjectNode problem = e.toJson();
    if (problem.get("errors") instanceof ArrayNode errors) {
      while (errors.size() > MAX_ERRORS) {
        errors.remove(errors.size() - 1);
      }
    }
    return problem;
  }
}
