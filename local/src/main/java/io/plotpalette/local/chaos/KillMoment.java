package io.plotpalette.local.chaos;

/** When the product's process is killed. */
enum KillMoment {
  /** Any time from its start on. */
  ANY("at a random moment", "kills_at_random"),
  /** Its job is submitted and takes its state back; nothing is completed since the start. */
  RESTORE("while it restores", "kills_in_restore"),
  /** Its job runs, and nothing is completed since the start. */
  BEFORE_FIRST_CHECKPOINT("before its first checkpoint", "kills_before_first_checkpoint"),
  /** A checkpoint has begun and is not completed. */
  CHECKPOINT("during a checkpoint", "kills_in_checkpoint"),
  /** A checkpoint has just been completed: its files are being made visible. */
  AFTER_CHECKPOINT("just after a checkpoint", "kills_after_checkpoint");

  private final String phrase;
  private final String figure;

  KillMoment(String phrase, String figure) {
    this.phrase = phrase;
    this.figure = figure;
  }

  String phrase() {
    return phrase;
  }

  /** Name of its count in the report. */
  String figure() {
    return figure;
  }
}
