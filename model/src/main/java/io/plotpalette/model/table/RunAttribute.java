package io.plotpalette.model.table;

/** Names of the attributes of the table {@code runs}. */
public final class RunAttribute {
  /** Partition key: what kind of work, for example {@code task-change-rejected}. */
  public static final String RUN_KIND = "run_kind";

  /** Sort key {@code finished_at#id}: newest last, and a repeated write hits the same item. */
  public static final String RUN_KEY = "run_key";

  public static final String FINISHED_AT = "finished_at";

  /** Of what was worked on: the change, the export. */
  public static final String ID = "id";

  /** Id of the quality rule that a rejected change breaks. */
  public static final String RULE = "rule";

  /** Why it was refused or failed; absent when it went well. */
  public static final String REASON = "reason";

  /** Epoch seconds; the table's time to live. */
  public static final String EXPIRES_AT = "expires_at";

  private RunAttribute() {}
}
