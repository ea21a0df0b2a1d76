package io.plotpalette.generator.export;

import io.plotpalette.model.job.JobProgress.ExportedFile;
import java.util.List;

/**
 * What was exported.
 *
 * @param ok records in the dataset
 * @param rejected records kept apart, near-duplicates among them
 * @param nearDuplicates records that were ok when they left the run; so many more are rejected and
 *     fewer ok than the run has counted
 * @param repeated lines that were left out because their record is there once more
 * @param files in a fixed order; few enough to stand in the job's item
 */
public record ExportResult(
    long ok,
    long failed,
    long rejected,
    long nearDuplicates,
    long repeated,
    List<ExportedFile> files) {
  public ExportResult {
    files = List.copyOf(files);
  }
}
