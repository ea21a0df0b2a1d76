package io.plotpalette.model.template.jinja;

import java.time.Duration;
import java.util.Objects;

/**
 * What one rendering may use up. The counted limits come first on any machine; the time is the last
 * resort.
 *
 * @param loopRounds of all loops together, nested ones and the elements of {@code range} included
 * @param outputCharacters of the finished text and of any text put together on the way, in UTF-16
 *     units
 * @param allocatedCharacters of every text and list made on the way, also those thrown away again;
 *     an element of a list counts as 16
 * @param work elementary steps: parts evaluated and characters looked at
 * @param macroDepth of macros calling macros
 * @param time wall clock
 */
public record RenderLimits(
    int loopRounds,
    int outputCharacters,
    long allocatedCharacters,
    long work,
    int macroDepth,
    Duration time) {

  public static final RenderLimits DEFAULT =
      new RenderLimits(10_000, 400_000, 4_000_000, 5_000_000, 16, Duration.ofMillis(900));

  public RenderLimits {
    Objects.requireNonNull(time, "time");
  }
}
