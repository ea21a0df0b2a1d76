package io.plotpalette.model.template.jinja;

import java.util.function.LongSupplier;

/**
 * Counts what one rendering uses up and ends it at the limit. Every operation that reads or makes
 * something whose size a template decides asks here first, so no single step can run away, and the
 * clock and the thread's interrupt are looked at in between.
 */
final class RenderBudget {
  static final int LIST_ELEMENT = 16;
  static final int MAP_ENTRY = 48;

  private static final long WORK_BETWEEN_CLOCK_READS = 4_096;

  private final RenderLimits limits;
  private final LongSupplier nanoClock;
  private final long startedAt;
  private long loopRounds;
  private long allocated;
  private long work;
  private long nextClockRead = WORK_BETWEEN_CLOCK_READS;

  RenderBudget(RenderLimits limits, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.startedAt = nanoClock.getAsLong();
  }

  void work(long steps) {
    work += steps;
    if (work > limits.work()) {
      throw new EvaluationException(
          "the rendering takes more than " + limits.work() + " steps: make the template simpler");
    }
    if (work >= nextClockRead) {
      nextClockRead = work + WORK_BETWEEN_CLOCK_READS;
      if (nanoClock.getAsLong() - startedAt > limits.time().toNanos()) {
        throw new EvaluationException(
            "the rendering takes longer than " + limits.time().toMillis() + " ms");
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new EvaluationException("the rendering was interrupted");
      }
    }
  }

  /** Before making something of this many characters. */
  void allocate(long characters) {
    allocated += characters;
    if (characters < 0 || allocated > limits.allocatedCharacters()) {
      throw new EvaluationException(
          "the rendering makes more than "
              + limits.allocatedCharacters()
              + " characters of intermediate text and lists");
    }
    work(characters >> 2);
  }

  void allocateElements(long count) {
    allocate(Math.multiplyExact(Math.min(count, Integer.MAX_VALUE), (long) LIST_ELEMENT));
  }

  void loopRounds(long rounds) {
    loopRounds += rounds;
    if (rounds < 0 || loopRounds > limits.loopRounds()) {
      throw new EvaluationException(
          "the loops take more than " + limits.loopRounds() + " rounds together");
    }
  }

  /** No text on the way may be longer than the finished one. */
  void checkText(int characters) {
    if (characters < 0 || characters > limits.outputCharacters()) {
      throw new EvaluationException(
          "the text is longer than " + limits.outputCharacters() + " characters");
    }
  }

  void checkMacroDepth(int depth) {
    if (depth > limits.macroDepth()) {
      throw new EvaluationException(
          "macros call each other deeper than " + limits.macroDepth() + " levels");
    }
  }
}
