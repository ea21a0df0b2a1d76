package io.plotpalette.generator.pressure;

/** Whether a call may start. */
public sealed interface Admission {

  /** It may, now; the {@link ModelGate} is to be told how it ended. */
  record Admitted(Permit permit) implements Admission {}

  /** Ask again then: a quota is used up or the model is left alone. */
  record NotBefore(long epochMillis) implements Admission {}

  /** The job stands in the queue of the model and is named by the gate when it is its turn. */
  record Queued() implements Admission {}

  /**
   * The right to one call.
   *
   * @param jobId of the job that makes it
   * @param number of the call at its model
   * @param tokens counted for it at the start
   * @param admittedAt epoch milliseconds
   */
  record Permit(String jobId, long number, long tokens, long admittedAt) {}
}
