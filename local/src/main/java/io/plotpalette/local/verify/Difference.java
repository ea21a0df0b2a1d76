package io.plotpalette.local.verify;

import io.plotpalette.model.IsoMillis;
import java.time.Instant;
import java.util.Optional;

/**
 * A task whose newest change in bronze is not what the table holds.
 *
 * @param tableVersion of the item, null if there is none
 * @param bronzeVersion of the newest change, null if there is none
 * @param changedAt when the table last changed; empty for a deletion that left no tombstone
 */
public record Difference(
    Kind kind,
    String userId,
    String taskId,
    Long tableVersion,
    Long bronzeVersion,
    Optional<Instant> changedAt) {

  /** What bronze is missing, or has too much. */
  public enum Kind {
    /** The item has no change in bronze at all. */
    TASK_MISSING("no change of it is in bronze"),
    /** Bronze knows older versions only. */
    CHANGE_MISSING("its newest changes are not in bronze"),
    /** A change older than the newest is not there; the image it had is in no table any more. */
    CHANGE_BETWEEN_MISSING("changes before its newest are not in bronze"),
    /** The item is gone, but not in bronze. */
    DELETION_MISSING("it was deleted, but not in bronze"),
    /** Bronze has a change the table does not know: a table restored to an earlier time. */
    TABLE_BEHIND("the table is older than bronze");

    private final String meaning;

    Kind(String meaning) {
      this.meaning = meaning;
    }
  }

  /** For a person, on one line. */
  public String describe() {
    return "task %s of user %s: %s (table %s, bronze %s%s)"
        .formatted(
            taskId,
            userId,
            kind.meaning,
            version(tableVersion),
            version(bronzeVersion),
            changedAt.map(at -> ", changed " + IsoMillis.format(at)).orElse(""));
  }

  private static String version(Long version) {
    return version == null ? "none" : "version " + version;
  }
}
