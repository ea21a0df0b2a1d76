package io.plotpalette.model.seed;

/** Seed data cannot be used; says where and why. */
public class InvalidSeedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long entry;
  private final int line;
  private final int column;
  private final String reason;

  /**
   * @param entry number of the entry, from 0
   * @param line from 1; 0 if it is not known
   * @param column from 1; 0 if it is not known
   * @param reason a sentence's end, such as {@code must be an object}
   */
  public InvalidSeedException(long entry, int line, int column, String reason) {
    super(
        "entry %d%s: %s"
            .formatted(
                entry, line > 0 ? " (line %d, column %d)".formatted(line, column) : "", reason));
    this.entry = entry;
    this.line = line;
    this.column = column;
    this.reason = reason;
  }

  /** Number of the entry, from 0. */
  public long entry() {
    return entry;
  }

  /** From 1; 0 if it is not known. */
  public int line() {
    return line;
  }

  /** From 1; 0 if it is not known. */
  public int column() {
    return column;
  }

  public String reason() {
    return reason;
  }
}
