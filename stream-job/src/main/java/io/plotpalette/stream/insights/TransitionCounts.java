package io.plotpalette.stream.insights;

/** How often each transition happened; the fields are the columns of the silver tables. */
public record TransitionCounts(
    long created,
    long completed,
    long reopened,
    long cancelled,
    long deleted,
    long updated,
    long openDelta,
    long onTime,
    long overdueCompleted) {

  public static final TransitionCounts NONE = new TransitionCounts(0, 0, 0, 0, 0, 0, 0, 0, 0);

  public TransitionCounts plus(TransitionCounts other) {
    return new TransitionCounts(
        created + other.created,
        completed + other.completed,
        reopened + other.reopened,
        cancelled + other.cancelled,
        deleted + other.deleted,
        updated + other.updated,
        openDelta + other.openDelta,
        onTime + other.onTime,
        overdueCompleted + other.overdueCompleted);
  }
}
