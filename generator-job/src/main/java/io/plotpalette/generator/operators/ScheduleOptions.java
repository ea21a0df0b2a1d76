package io.plotpalette.generator.operators;

import java.io.Serializable;

/**
 * How jobs are scheduled.
 *
 * @param maxRunning jobs that run at once
 * @param lookMillis between two looks at all jobs that are not over
 */
public record ScheduleOptions(int maxRunning, long lookMillis) implements Serializable {
  private static final long serialVersionUID = 1L;
}
