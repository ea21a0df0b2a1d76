package io.plotpalette.generator.schedule;

import io.plotpalette.model.job.JobPriority;
import java.util.Comparator;
import java.util.Objects;

/**
 * A job that waits for its start.
 *
 * @param createdAt epoch milliseconds
 */
public record QueuedJob(String jobId, String userId, JobPriority priority, long createdAt) {

  /** Higher priority first, older first within; ids only break ties. */
  static final Comparator<QueuedJob> ORDER =
      Comparator.comparing(QueuedJob::priority)
          .thenComparingLong(QueuedJob::createdAt)
          .thenComparing(QueuedJob::jobId);

  public QueuedJob {
    Objects.requireNonNull(jobId, "jobId");
    Objects.requireNonNull(userId, "userId");
    Objects.requireNonNull(priority, "priority");
  }
}
