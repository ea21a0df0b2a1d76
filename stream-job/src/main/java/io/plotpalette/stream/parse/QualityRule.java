package io.plotpalette.stream.parse;

/**
 * What a task change must satisfy; the id is what quarantine rows, {@code runs} and metrics carry.
 */
public enum QualityRule {
  READABLE(
      "readable",
      "the record is one JSON object in the shape of a DynamoDB stream record, nothing twice",
      "not a stream record: another writer fed the job, or a defect of the connector"),
  REQUIRED_FIELD(
      "required-field",
      "every required field is there",
      "an item written past the API, or before the field was required"),
  FIELD_TYPE(
      "field-type", "every field has the type of the contract", "an item written past the API"),
  FIELD_VALUE(
      "field-value",
      "every field has a value the contract allows: status, priority, whole numbers in range, UTC"
          + " times with milliseconds, completed_at just when done",
      "an item written past the API, or an API that accepts what the contract refuses"),
  FIELD_SIZE(
      "field-size",
      "no field is longer than the contract allows",
      "an item written past the API, or limits that were lowered"),
  TIME_ORDER(
      "time-order",
      "created_at, completed_at and updated_at follow each other",
      "a time that was set by hand"),
  CLOCK_SKEW(
      "clock-skew",
      "changed_at is at most five minutes away from the stream's time",
      "a writer's clock is off, or an import kept old times in updated_at"),
  VERSION_STEP(
      "version-step",
      "a new task has version 1, a change the version before it plus 1",
      "an item edited past the API, without or with too much of a new version"),
  LATE(
      "late",
      "the change arrives before its hour, day or minute is forgotten; it is in bronze in any case",
      "an allowed lateness below the five minutes of skew, or a shard that was listed very late");

  private final String id;
  private final String meaning;
  private final String usualCause;

  QualityRule(String id, String meaning, String usualCause) {
    this.id = id;
    this.meaning = meaning;
    this.usualCause = usualCause;
  }

  public String id() {
    return id;
  }

  /** What holds for a record that keeps the rule. */
  public String meaning() {
    return meaning;
  }

  /** Where to look first when it is broken. */
  public String usualCause() {
    return usualCause;
  }
}
