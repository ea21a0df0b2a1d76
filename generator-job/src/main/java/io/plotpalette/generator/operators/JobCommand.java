package io.plotpalette.generator.operators;

import java.util.Objects;

/** What {@code schedule} tells {@code run}. Mutable only for Flink's serializer. */
public final class JobCommand {
  /** Whether to begin or to end. */
  public enum Kind {
    START,
    CANCEL
  }

  public String jobId;
  public Kind kind;

  /** For Flink. */
  public JobCommand() {}

  JobCommand(String jobId, Kind kind) {
    this.jobId = jobId;
    this.kind = kind;
  }

  static JobCommand start(String jobId) {
    return new JobCommand(jobId, Kind.START);
  }

  static JobCommand cancel(String jobId) {
    return new JobCommand(jobId, Kind.CANCEL);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JobCommand command
        && command.jobId.equals(jobId)
        && command.kind == kind;
  }

  @Override
  public int hashCode() {
    return Objects.hash(jobId, kind);
  }

  @Override
  public String toString() {
    return kind + " " + jobId;
  }
}
