package io.plotpalette.api.tasks;

import io.plotpalette.api.http.Cursor;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TombstoneAttribute;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * How far a caller has followed the changes. A round of pages that has reached the end begins the
 * next one {@link #OVERLAP} before its own start: a write gets its time before it gets into the
 * table, and from another clock, so that right behind the end something older can still appear.
 *
 * @param roundStart of the round these pages belong to; {@link #NONE} between rounds
 * @param updatedAt of the last task given out
 * @param taskId of the last task given out; {@link #NONE} for none at that time
 * @param tombstoneKey of the last deletion given out
 */
record ChangesPosition(String roundStart, String updatedAt, String taskId, String tombstoneKey) {
  /** A write has 12 s to reach the table; the rest is for clocks that differ. */
  static final Duration OVERLAP = Duration.ofSeconds(60);

  /** How long deletions are known. */
  static final Duration RETENTION = Duration.ofDays(30);

  /** Sorts before every time and every id. */
  private static final String NONE = "0";

  private static final String ROUND_START = "round_start";

  /** For a caller who knows nothing: every task, no deletion. */
  static ChangesPosition beginning(Instant now) {
    return new ChangesPosition(
        IsoMillis.format(now), NONE, NONE, IsoMillis.format(now.minus(OVERLAP)));
  }

  /**
   * Reads a cursor.
   *
   * @throws ProblemException 400 when it is broken, 410 when deletions behind it are forgotten
   */
  static ChangesPosition read(String cursor, Instant now) {
    Map<String, String> key =
        Cursor.decode(
            cursor,
            Set.of(
                ROUND_START,
                TaskAttribute.UPDATED_AT,
                TaskAttribute.TASK_ID,
                TombstoneAttribute.TOMBSTONE_KEY));
    ChangesPosition position =
        new ChangesPosition(
            key.get(ROUND_START),
            key.get(TaskAttribute.UPDATED_AT),
            key.get(TaskAttribute.TASK_ID),
            key.get(TombstoneAttribute.TOMBSTONE_KEY));
    try {
      if (!position.roundStart.equals(NONE)) {
        IsoMillis.parse(position.roundStart);
      }
      Instant deletionsKnown = IsoMillis.parse(position.tombstoneKey.split("#", 2)[0]);
      if (deletionsKnown.isBefore(now.minus(RETENTION))) {
        throw ProblemException.of(ProblemType.CURSOR_EXPIRED);
      }
    } catch (DateTimeException e) {
      throw Cursor.broken();
    }
    return position.roundStart.equals(NONE) ? position.inRound(IsoMillis.format(now)) : position;
  }

  private ChangesPosition inRound(String start) {
    return new ChangesPosition(start, updatedAt, taskId, tombstoneKey);
  }

  ChangesPosition afterTask(String time, String id) {
    return new ChangesPosition(roundStart, time, id, tombstoneKey);
  }

  ChangesPosition afterTombstone(String key) {
    return new ChangesPosition(roundStart, updatedAt, taskId, key);
  }

  /** Where the next round begins. */
  ChangesPosition endOfRound() {
    String settled = IsoMillis.format(IsoMillis.parse(roundStart).minus(OVERLAP));
    return new ChangesPosition(NONE, settled, NONE, settled);
  }

  String cursor() {
    return Cursor.encode(
        Map.of(
            ROUND_START,
            roundStart,
            TaskAttribute.UPDATED_AT,
            updatedAt,
            TaskAttribute.TASK_ID,
            taskId,
            TombstoneAttribute.TOMBSTONE_KEY,
            tombstoneKey));
  }
}
