package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.IfMatch;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.NewIds;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.TransientFailure;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;

/** Many writes in one request, each with its own result: one that fails does not stop the rest. */
final class TaskBatch {
  /** Of one result, so that the answer to a hundred fits where answers are kept (300 KB). */
  private static final int MAX_ERRORS = 3;

  private final Tasks tasks;
  private final TaskInputs inputs;

  TaskBatch(Tasks tasks, TaskInputs inputs) {
    this.tasks = tasks;
    this.inputs = inputs;
  }

  /**
   * Runs the operations in their order.
   *
   * @return {@code results}, as the contract says
   */
  ObjectNode run(String userId, JsonNode operations, NewIds ids) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode results = body.putArray("results");
    for (JsonNode operation : operations) {
      results.add(result(userId, operation, ids));
    }
    return body;
  }

  private ObjectNode result(String userId, JsonNode operation, NewIds ids) {
    try {
      return write(userId, operation, ids);
    } catch (ProblemException e) {
      return failure(e);
    } catch (RuntimeException e) {
      if (TransientFailure.is(e)) {
        return failure(ProblemException.unavailable());
      }
      throw e;
    }
  }

  private ObjectNode write(String userId, JsonNode operation, NewIds ids) {
    String taskId = operation.path(TaskAttribute.TASK_ID).textValue();
    return switch (operation.get("op").textValue()) {
      case "create" -> success(201, tasks.create(userId, inputs.read(operation.get("task")), ids));
      case "update" ->
          success(
              200,
              tasks.change(
                  userId,
                  taskId,
                  ifMatch(operation),
                  task -> inputs.patched(task, operation.get("patch"))));
      case "delete" -> {
        tasks.delete(userId, taskId, ifMatch(operation));
        yield Json.MAPPER.createObjectNode().put("status", 204).put(TaskAttribute.TASK_ID, taskId);
      }
      default -> throw new IllegalStateException("the contract lets no other operation pass");
    };
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

  private static ObjectNode failure(ProblemException e) {
    ObjectNode problem = e.toJson();
    if (problem.get("errors") instanceof ArrayNode errors) {
      while (errors.size() > MAX_ERRORS) {
        errors.remove(errors.size() - 1);
      }
    }
    ObjectNode result = Json.MAPPER.createObjectNode().put("status", e.type().status());
    result.set("problem", problem);
    return result;
  }
}
