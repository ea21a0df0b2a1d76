package io.plotpalette.generator.operators;

/**
 * A run of which every record has left, on its way to the export. Mutable only for Flink's
 * serializer.
 */
public final class StoppedRun {
  public String jobId;

  /** A {@code JobPlan} as JSON. */
  public String plan;

  /** Its progress in the state {@code EXPORTING}, as JSON. */
  public String progress;

  /** Name of the state that follows. */
  public String finalState;

  /** Its costs so far, as JSON of a {@code CostRow}. */
  public String cost;

  /** For Flink. */
  public StoppedRun() {}

  StoppedRun(String jobId, String plan, String progress, String finalState, String cost) {
    this.jobId = jobId;
    this.plan = plan;
    this.progress = progress;
    this.finalState = finalState;
    this.cost = cost;
  }
}
