package io.plotpalette.generator.operators;

/** A newer owner writes a job's call journal. If this one is the rightful one, it starts again. */
final class OwnershipLostException extends Exception {
  private static final long serialVersionUID = 1L;

  OwnershipLostException(String jobId) {
    super(
        "a newer owner has job %s; if this is the only application that runs it, the restart claims it back"
            .formatted(jobId));
  }
}
