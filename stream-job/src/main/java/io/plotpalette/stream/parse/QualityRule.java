package io.plotpalette.stream.parse;

/** What a task change must satisfy; the id is what quarantine rows and metrics carry. */
public enum QualityRule {
  READABLE("readable", "the record is JSON in the shape of a DynamoDB stream record"),
  REQUIRED_FIELD("required-field", "every required field is there"),
  FIELD_TYPE("field-type", "every field has the type of the contract"),
  FIELD_VALUE("field-value", "every field has a value the contract allows"),
  FIELD_SIZE("field-size", "no field is longer than the contract allows"),
  TIME_ORDER("time-order", "created_at, completed_at and updated_at follow each other"),
  VERSION_STEP("version-step", "a new task has version 1, a change the version before it plus 1"),
  CLOCK_SKEW("clock-skew", "changed_at is at most five minutes away from the stream's time"),
  LATE("late", "the change arrives before its window is forgotten");

  private final String id;
  private final String meaning;

  QualityRule(String id, String meaning) {
    this.id = id;
    this.meaning = meaning;
  }

  public String id() {
    return id;
  }

  /** What holds for a record that keeps the rule. */
  public String meaning() {
    return meaning;
  }
}
