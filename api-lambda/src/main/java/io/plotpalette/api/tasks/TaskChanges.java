package io.plotpalette.api.tasks;

import io.plotpalette.model.task.Task;
import java.util.List;

/**
 * What has changed behind a position.
 *
 * @param hasMore whether there is more behind {@code next} already
 */
record TaskChanges(
    List<Tombstone> deleted, List<Task> updated, ChangesPosition next, boolean hasMore) {}
