package io.plotpalette.generator.tables;

import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.template.TemplateDefinition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What the API wrote of jobs, and what the generator writes back. Every request is repeated until
 * it is answered. Thread-safe; waits on no thread.
 */
public interface JobStore {

  /** A job as it stands now. */
  record StoredJob(JobDefinition definition, JobProgress progress) {}

  /** The newest of both parts; empty when the job was deleted. */
  CompletableFuture<Optional<StoredJob>> job(String jobId);

  /** Ids of the jobs the index knows in a state, which may lag behind the jobs themselves. */
  CompletableFuture<List<String>> jobIds(JobState state);

  /**
   * A version of a template; empty if there is none.
   *
   * @return fails with {@code InvalidTemplateException} if it cannot be used
   */
  CompletableFuture<Optional<TemplateDefinition>> template(TemplateRef template);

  /**
   * Writes the progress if the job exists, is not over, and the progress is newer than what stands
   * there.
   *
   * @return whether it was written
   */
  CompletableFuture<Boolean> write(JobProgress progress);
}
