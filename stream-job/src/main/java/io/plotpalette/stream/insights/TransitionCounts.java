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

  public TransitionCounts plus(Transition transition) {
    return new TransitionCounts(
        created + one(transition.created()),
        completed + one(transition.completed()),
        reopened + one(transition.reopened()),
        cancelled + one(transition.cancelled()),
        deleted + one(transition.deleted()),
        updated + one(transition.updated()),
        openDelta + transition.openDelta(),
        onTime + one(transition.onTime()),
        overdueCompleted + one(transition.overdueCompleted()));
  }

  private static long one(boolean happened) {
    return happened ? 1 : 0;
  }
}
