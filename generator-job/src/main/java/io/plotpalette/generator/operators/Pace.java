package io.plotpalette.generator.operators;

import io.plotpalette.model.job.JobProgress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast records leave a job, over the last minute. Nothing of it outlives its owner. */
final class Pace {
  private static final long WINDOW_MILLIS = 60_000;

  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long at, long left) {}

  /**
   * The pace after one more look.
   *
   * @param left records that have left since the job began
   * @param remaining records that have not
   */
  JobProgress.Pace after(long left, long remaining, long now) {
    samples.addLast(new Sample(now, left));
    while (samples.size() > 2 && samples.peekFirst().at() < now - WINDOW_MILLIS) {
      samples.removeFirst();
    }
    Sample first = samples.peekFirst();
    if (now <= first.at() || left <= first.left()) {
      return JobProgress.Pace.UNKNOWN;
    }
    double rate = (left - first.left()) * 1000.0 / (now - first.at());
    // Three digits are more than such a number means.
    double rounded = Math.round(rate * 1000) / 1000.0;
    Instant eta =
        remaining == 0 ? null : Instant.ofEpochMilli(now + (long) (remaining * 1000 / rate));
    return new JobProgress.Pace(rounded, eta);
  }
}
