package io.plotpalette.api.tasks;

import java.time.Instant;

/** What is left of a deleted task. */
record Tombstone(String taskId, Instant deletedAt) {}
