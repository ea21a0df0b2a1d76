package io.plotpalette.generator.journal;

import io.plotpalette.generator.pressure.FailureClass;
import java.util.Objects;

/** A line of a job's call journal. Times are epoch milliseconds, money is nano-USD. */
public sealed interface JournalEntry {
  /** Most characters of what is wrong with a call. */
  int MAX_TEXT = 500;

  CallId call();

  /**
   * A call may be made from now on.
   *
   * @param reservation what it costs at most
   * @param promptSha256 in hex
   */
  record Intent(CallId call, long reservation, String promptSha256, long at)
      implements JournalEntry {
    public Intent {
      Objects.requireNonNull(call, "call");
      Objects.requireNonNull(promptSha256, "promptSha256");
      if (reservation < 0) {
        throw new IllegalArgumentException("reservation of " + call + " is " + reservation);
      }
    }
  }

  /**
   * What came of a call.
   *
   * @param cost what counts as spent for it
   */
  record Outcome(CallId call, Result result, long tokensIn, long tokensOut, long cost, long at)
      implements JournalEntry {
    public Outcome {
      Objects.requireNonNull(call, "call");
      Objects.requireNonNull(result, "result");
      if (tokensIn < 0 || tokensOut < 0 || cost < 0) {
        throw new IllegalArgumentException("usage or cost of " + call + " is negative");
      }
    }
  }

  /** How a call ended. */
  sealed interface Result {
    /** With a usable output. */
    record Answered(Output output) implements Result {}

    /** With an output that its step's schema does not allow. */
    record Invalid(Output output, String violation) implements Result {
      public Invalid {
        violation = bounded(violation);
      }
    }

    /** With an output by which the step rejects the record. */
    record Rejected(Output output, String reason) implements Result {
      public Rejected {
        reason = bounded(reason);
      }
    }

    /** Without one. */
    record Failed(FailureClass failure, String message) implements Result {
      public Failed {
        Objects.requireNonNull(failure, "failure");
        message = bounded(message);
      }
    }

    /** It was never made, and will not be. */
    record NotMade() implements Result {}
  }

  /** Messages of services and validators can be as long as their input. */
  private static String bounded(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    // Half a character would not come back from the table as it went in.
    return text.substring(
        0, MAX_TEXT - (Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? 1 : 0));
  }
}
