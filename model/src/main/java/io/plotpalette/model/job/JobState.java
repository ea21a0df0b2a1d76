package io.plotpalette.model.job;

import java.util.Optional;

/** Where a generation job stands; the names are what JSON and DynamoDB hold. */
public enum JobState {
  /** Waits for its turn. */
  QUEUED,
  /** Makes records. */
  RUNNING,
  /** Every record has left; the files of the dataset are written. */
  EXPORTING,
  /** Every record was begun and has left. */
  COMPLETED,
  /** It could not go on; what was paid for is exported. */
  FAILED,
  /** Its user stopped it; what was paid for is exported. */
  CANCELLED,
  /** No further call fits into its budget; what was paid for is exported. */
  BUDGET_EXCEEDED;

  /** Whether nothing follows any more. */
  public boolean isFinal() {
    return switch (this) {
      case QUEUED, RUNNING, EXPORTING -> false;
      case COMPLETED, FAILED, CANCELLED, BUDGET_EXCEEDED -> true;
    };
  }

  /** The state with this name, or empty for any other text. */
  public static Optional<JobState> fromWire(String name) {
    for (JobState state : values()) {
      if (state.name().equals(name)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
