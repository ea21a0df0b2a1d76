package io.plotpalette.infra;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the modules' builds made for the cloud.
 *
 * @param handlers zip of the API's Lambda handlers
 * @param analyticsHandlers zip of the lake's
 * @param taskInsightsJob jar of stream-job with all it needs beside Flink
 * @param datasetGenerationJob the same of generator-job
 */
public record Artifacts(
    Path handlers, Path analyticsHandlers, Path taskInsightsJob, Path datasetGenerationJob) {
  /**
   * @throws IllegalArgumentException naming the file that is missing and the command that makes it
   */
  public Artifacts {
    requireFile(handlers);
    requireFile(analyticsHandlers);
    requireFile(taskInsightsJob);
    requireFile(datasetGenerationJob);
  }

  /** Those the build gathers in {@code target/artifacts} below the module's folder. */
  public static Artifacts below(Path module) {
    Path folder = module.resolve("target/artifacts");
    return new Artifacts(
        folder.resolve("handlers.zip"),
        folder.resolve("analytics-handlers.zip"),
        folder.resolve("task-insights-job.jar"),
        folder.resolve("dataset-generation-job.jar"));
  }

  private static void requireFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          file + " is missing: build it with mvn -Pquick package in the project's folder");
    }
  }
}
