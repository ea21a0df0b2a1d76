package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.NewIds;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.Violation;
import io.plotpalette.model.task.TaskAttribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Creates tasks from JSON lines, such as an export: with new ids, and parts following their whole
 * to its new id. Nothing is written unless every line can be.
 */
final class TaskImport {
  private static final int MAX_LINES = 1_000;

  private final Tasks tasks;
  private final TaskInputs inputs;

  TaskImport(Tasks tasks, TaskInputs inputs) {
    this.tasks = tasks;
    this.inputs = inputs;
  }

  /**
   * Returns how many tasks were created.
   *
   * @throws ProblemException 400 for what is no JSON, 422 with pointers that begin with the line
   *     counted from 0
   */
  int run(String userId, String lines, NewIds ids) {
    List<ObjectNode> written = read(lines);
    List<String> newIds = new ArrayList<>();
    Map<String, String> newIdOf = new HashMap<>();
    for (ObjectNode task : written) {
      String id = ids.next().get();
      newIds.add(id);
      if (task.path(TaskAttribute.TASK_ID).isTextual()) {
        newIdOf.put(task.get(TaskAttribute.TASK_ID).textValue(), id);
      }
    }
    List<TaskInput> checked = check(written, newIdOf);
    for (int i = 0; i < checked.size(); i++) {
      String id = newIds.get(i);
      tasks.create(userId, checked.get(i), new NewIds(() -> id, ids.mayExist()), Optional.empty());
    }
    return checked.size();
  }

  private List<TaskInput> check(List<ObjectNode> written, Map<String, String> newIdOf) {
    List<TaskInput> checked = new ArrayList<>();
    List<Violation> violations = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      ObjectNode task = written.get(i);
      task.remove(TaskJson.SET_BY_US);
      String parent = newIdOf.get(task.path(TaskAttribute.PARENT_ID).asText());
      if (parent != null) {
        task.put(TaskAttribute.PARENT_ID, parent);
      }
      try {
        checked.add(inputs.read(task));
      } catch (ProblemException e) {
        String line = "/" + i;
        e.violations()
            .forEach(
                each -> violations.add(Violation.inBody(line + each.pointer(), each.detail())));
      }
    }
    if (!violations.isEmpty()) {
      throw ProblemException.invalidBody(violations);
    }
    return checked;
  }

  private static List<ObjectNode> read(String lines) {
    List<ObjectNode> tasks = new ArrayList<>();
    int number = 0;
    for (String line : (Iterable<String>) lines.lines()::iterator) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      if (tasks.size() == MAX_LINES) {
        throw ProblemException.of(
            ProblemType.INVALID_BODY, "One import takes at most %d lines.".formatted(MAX_LINES));
      }
      tasks.add(task(line, number));
    }
    return tasks;
  }

  private static ObjectNode task(String line, int number) {
    return TaskLine.read(line)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.INVALID_JSON,
                    "Line %d is not a valid JSON object.".formatted(number)));
  }
}
