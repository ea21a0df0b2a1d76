package io.plotpalette.stream.parse;

import java.time.Instant;

/** A record that breaks a {@link QualityRule}; never leaves this package. */
final class BrokenRuleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final QualityRule rule;
  private final Instant streamTime;

  BrokenRuleException(QualityRule rule, String reason) {
    this(rule, reason, null);
  }

  private BrokenRuleException(QualityRule rule, String reason, Instant streamTime) {
    // Rejections are an outcome, not a fault: no stack trace on the hot path.
    super(reason, null, false, false);
    this.rule = rule;
    this.streamTime = streamTime;
  }

  BrokenRuleException at(Instant time) {
    return new BrokenRuleException(rule, getMessage(), time);
  }

  QualityRule rule() {
    return rule;
  }

  /** When the stream saw the record, or null if the record does not say. */
  Instant streamTime() {
    return streamTime;
  }
}
