package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.Output;

/**
 * A step of a record that is over.
 *
 * @param output null if the step was skipped or has failed
 */
public record StepResult(String step, Output output, StepUsage usage) {}
