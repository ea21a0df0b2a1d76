package io.plotpalette.generator.schedule;

/** How urgent a job is, most urgent first. */
public enum JobPriority {
  HIGH,
  NORMAL,
  LOW
}
