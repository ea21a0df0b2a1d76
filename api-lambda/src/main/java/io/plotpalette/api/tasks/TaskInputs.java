package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.MergePatch;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.SchemaCheck;
import io.plotpalette.model.task.Task;

/** Reads what users can set from bodies of which the router knows only the outside. */
final class TaskInputs {
  private final SchemaCheck schema;

  TaskInputs(ApiContract contract) {
    this.schema = contract.check("TaskInput");
  }

  /**
   * Reads a task a user has written.
   *
   * @throws ProblemException 422 when it breaks the contract
   */
  TaskInput read(JsonNode task) {
    return TaskInput.read(schema.require(task));
  }

  /**
   * Reads what a merge patch makes of a task.
   *
   * @throws ProblemException 422 when that breaks the contract
   */
  TaskInput patched(Task task, JsonNode patch) {
    return read(MergePatch.apply(TaskJson.input(task), patch));
  }
}
