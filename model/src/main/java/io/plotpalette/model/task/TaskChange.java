package io.plotpalette.model.task;

import java.time.Instant;
import java.util.Objects;

/**
 * One image pair of the tasks stream: a row of {@code bronze/task_changes}.
 *
 * @param changeId the stream's event id: the same however often the change is delivered
 * @param changedAt event time: the new image's {@code updated_at}; for deletes the stream's
 *     creation time
 * @param streamTime when the stream saw the change
 * @param sequenceNumber the stream's sequence number, a long decimal that grows per item
 * @param ingestedAt when stream-job read it
 * @param previousStatus the old image's status; null for CREATED
 * @param previousVersion the old image's version; null for CREATED
 * @param task the new image; for DELETED the old one
 */
public record TaskChange(
    String changeId,
    ChangeType changeType,
    Instant changedAt,
    Instant streamTime,
    String sequenceNumber,
    Instant ingestedAt,
    TaskStatus previousStatus,
    Long previousVersion,
    Task task) {

  public TaskChange {
    Objects.requireNonNull(changeId, "changeId");
    Objects.requireNonNull(changeType, "changeType");
    Objects.requireNonNull(changedAt, "changedAt");
    Objects.requireNonNull(streamTime, "streamTime");
    Objects.requireNonNull(sequenceNumber, "sequenceNumber");
    Objects.requireNonNull(ingestedAt, "ingestedAt");
    Objects.requireNonNull(task, "task");
  }
}
