package io.plotpalette.api.jobs;

import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobProgress;

/** A generation job: what was asked, and how far it is. */
public record Job(JobDefinition definition, JobProgress progress) {

  /** Grows with everything that changes in either part. */
  public long version() {
    return 2 * progress.seq() + (definition.cancelRequestedAt() == null ? 1 : 2);
  }
}
