package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.Output;

/**
 * What the one further try of a step is told of its first.
 *
 * @param violation of the step's schema
 */
public record Repair(Output output, String violation) {}
