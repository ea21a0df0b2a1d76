package io.plotpalette.api.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.TextNode;
import io.plotpalette.api.http.Json;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskAttribute;
import java.util.Map;
import java.util.Optional;

/**
 * A part of a user's tasks as JSON lines, oldest first.
 *
 * @param nextCursor where the next part starts; empty on the last one
 */
record TaskExport(String lines, Optional<String> nextCursor) {
  /**
   * Of the text within Lambda's answer, where quotes take two bytes. Lambda takes 6 MB in all, and
   * one task is far smaller than what is left.
   */
  private static final int MAX_BYTES = 5_000_000;

  private static final int TASKS_A_READ = 200;

  /**
   * Reads as many tasks as fit into one answer.
   *
   * @param cursor of the part before; empty for the first
   */
  static TaskExport read(Tasks tasks, String userId, Optional<String> cursor) {
    TaskQuery everything = TaskQuery.everything();
    Map<String, String> startAfter = cursor.map(everything::startAfter).orElse(Map.of());
    StringBuilder lines = new StringBuilder();
    int bytes = 0;
    do {
      TaskPage page = tasks.list(userId, everything, TASKS_A_READ, startAfter);
      for (Task task : page.tasks()) {
        String line = TaskJson.of(task) + "\n";
        bytes += sentBytes(line);
        if (bytes > MAX_BYTES) {
          return new TaskExport(lines.toString(), Optional.of(everything.cursor(startAfter)));
        }
        lines.append(line);
        startAfter = Map.of(TaskAttribute.TASK_ID, task.taskId());
      }
      startAfter = page.nextKey();
    } while (!startAfter.isEmpty());
    return new TaskExport(lines.toString(), Optional.empty());
  }

  private static int sentBytes(String line) {
    try {
      return Json.MAPPER.writeValueAsBytes(TextNode.valueOf(line)).length;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text is always JSON", e);
    }
  }
}
