package io.plotpalette.stream.parse;

import java.time.Instant;

/** A record that breaks a {@link QualityRule}; never leaves this package. */
final class BrokenRuleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final QualityRule rule;
  private final String changeId;
  private final Instant streamTime;

  BrokenRuleException(QualityRule rule, String reason) {
    this(rule, reason, null, null);
  }

  private BrokenRuleException(
      QualityRule rule, String reason, String changeId, Instant streamTime) {
    // Rejections are an outcome, not a fault: no stack trace on the hot path.
    super(reason, null, false, false);
    this.rule = rule;
    this.changeId = changeId;
    this.streamTime = streamTime;
  }

  /** The same, of a record that says which change it is and when. */
  BrokenRuleException of(String id, Instant time) {
    return new BrokenRuleException(rule, getMessage(), id, time);
  }

  QualityRule rule() {
    return rule;
  }

  /** The change's id, or null if the record does not say. */
  String changeId() {
    return changeId;
  }

  /** When the stream saw the record, or null if the record does not say. */
  Instant streamTime() {
    return streamTime;
  }
}
