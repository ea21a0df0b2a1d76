package io.plotpalette.api.tasks;

import io.plotpalette.model.task.Task;
import java.util.List;
import java.util.Map;

/**
 * Some tasks of a list.
 *
 * @param nextKey where the next page starts; empty on the last one
 */
record TaskPage(List<Task> tasks, Map<String, String> nextKey) {}
