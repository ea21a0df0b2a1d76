package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.util.Set;
import java.util.TreeMap;

/** A task as the API shows it; what has no value is left out. */
final class TaskJson {
  /** Fields of a task that nobody can send. */
  static final Set<String> SET_BY_US =
      Set.of(
          TaskAttribute.TASK_ID,
          TaskAttribute.USER_ID,
          TaskAttribute.CREATED_AT,
          TaskAttribute.UPDATED_AT,
          TaskAttribute.COMPLETED_AT,
          TaskAttribute.VERSION);

  private TaskJson() {}

  static ObjectNode of(Task task) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put(TaskAttribute.TASK_ID, task.taskId());
    json.put(TaskAttribute.USER_ID, task.userId());
    json.put(TaskAttribute.TITLE, task.title());
    json.put(TaskAttribute.DESCRIPTION, task.description());
    json.put(TaskAttribute.STATUS, task.status().wireName());
    json.put(TaskAttribute.PRIORITY, task.priority().wireName());
    ArrayNode labels = json.putArray(TaskAttribute.LABELS);
    task.labels().forEach(labels::add);
    if (task.dueDate() != null) {
      json.put(TaskAttribute.DUE_DATE, task.dueDate().toString());
    }
    if (task.dueAt() != null) {
      json.put(TaskAttribute.DUE_AT, IsoMillis.format(task.dueAt()));
    }
    if (task.timeZone() != null) {
      json.put(TaskAttribute.TIME_ZONE, task.timeZone());
    }
    if (task.estimateMinutes() != null) {
      json.put(TaskAttribute.ESTIMATE_MINUTES, task.estimateMinutes());
    }
    if (task.parentId() != null) {
      json.put(TaskAttribute.PARENT_ID, task.parentId());
    }
    ObjectNode metadata = json.putObject(TaskAttribute.METADATA);
    new TreeMap<>(task.metadata()).forEach(metadata::put);
    json.put(TaskAttribute.CREATED_AT, IsoMillis.format(task.createdAt()));
    json.put(TaskAttribute.UPDATED_AT, IsoMillis.format(task.updatedAt()));
    if (task.completedAt() != null) {
      json.put(TaskAttribute.COMPLETED_AT, IsoMillis.format(task.completedAt()));
    }
    json.put(TaskAttribute.VERSION, task.version());
    return json;
  }

  /** What the user has set, in the form they would send it. */
  static ObjectNode input(Task task) {
    return of(task).remove(SET_BY_US);
  }
}
