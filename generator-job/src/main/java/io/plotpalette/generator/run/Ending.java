package io.plotpalette.generator.run;

/**
 * How a job ends, and why.
 *
 * @param reason for people; null if there is nothing to say
 */
public record Ending(Kind kind, String reason) {

  /** From the one that leaves most to be done to the one that stops most. */
  public enum Kind {
    /** Every record was begun and has left. */
    COMPLETED,
    /** No record is begun any more; what is begun goes on as far as the money goes. */
    BUDGET_EXCEEDED,
    /** No call is made any more; what is under way is taken in. */
    CANCELLED,
    /** As if cancelled, since no further call would help or be safe. */
    FAILED
  }

  boolean stopsCalls() {
    return kind == Kind.CANCELLED || kind == Kind.FAILED;
  }
}
