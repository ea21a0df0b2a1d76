package io.plotpalette.generator.export;

import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.template.TemplateDefinition;
import java.util.Objects;
import org.apache.flink.core.fs.Path;

/**
 * What is to be exported, and with what.
 *
 * @param template the version the job was made with
 * @param progress of the job when its last record had left; its counts say what must be there
 * @param outcome the final state the job will have
 * @param root the bucket or folder that {@link io.plotpalette.model.job.JobPaths} begin in
 * @param run the start of the job without state whose records are taken
 * @param scratch an existing folder on a local disk with room for twice the records, and for half a
 *     kilobyte a record if near-duplicates are looked for
 * @param memoryBytes of heap the export may take for records, at least {@link #MIN_MEMORY_BYTES}; a
 *     single record longer than an eighth of it takes what it takes
 */
public record ExportRequest(
    JobDefinition job,
    TemplateDefinition template,
    JobProgress progress,
    JobState outcome,
    Path root,
    int run,
    java.nio.file.Path scratch,
    long memoryBytes) {
  public static final long MIN_MEMORY_BYTES = 16L * 1024 * 1024;
  public static final long DEFAULT_MEMORY_BYTES = 128L * 1024 * 1024;

  public ExportRequest {
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(root, "root");
    Objects.requireNonNull(scratch, "scratch");
    if (!outcome.isFinal()) {
      throw new IllegalArgumentException("outcome must be a final state, not " + outcome);
    }
    if (run < 1) {
      throw new IllegalArgumentException("run must be 1 or more, not " + run);
    }
    if (memoryBytes < MIN_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "memoryBytes must be at least " + MIN_MEMORY_BYTES + ", not " + memoryBytes);
    }
  }
}
