package io.plotpalette.model.task;

import java.time.Instant;
import java.time.LocalDate;

/** Sizes a task may have; the API refuses more, stream-job quarantines more. */
public final class TaskLimits {
  /** In Unicode code points, as JSON Schema counts them; at least one. */
  public static final int TITLE_MAX_CHARACTERS = 200;

  /** In Unicode code points; may be empty. */
  public static final int DESCRIPTION_MAX_CHARACTERS = 10_000;

  public static final int LABELS_MAX = 20;
  public static final int METADATA_MAX_PAIRS = 20;

  /**
   * Due dates lie between these days, both included: a deadline then has a four-digit year in every
   * zone.
   */
  public static final LocalDate FIRST_DUE_DATE = LocalDate.of(1, 1, 2);

  public static final LocalDate LAST_DUE_DATE = LocalDate.of(9999, 12, 30);

  /** Due times lie between these instants, both included. */
  public static final Instant FIRST_DUE_AT = Instant.parse("0001-01-01T00:00:00Z");

  public static final Instant LAST_DUE_AT = Instant.parse("9999-12-31T23:59:59.999Z");

  private TaskLimits() {}
}
