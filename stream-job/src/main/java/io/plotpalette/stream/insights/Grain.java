package io.plotpalette.stream.insights;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * One size of tumbling event-time windows, and when their rows are published.
 *
 * @param name as in the names of tables and metrics
 * @param perUser whether each user has windows, or all users share them
 * @param earlyInterval how long a changed window waits for its early row, in processing time
 * @param allowedLateness how long after its end, in event time, a window still takes changes
 */
public record Grain(
    String name, boolean perUser, Duration size, Duration earlyInterval, Duration allowedLateness)
    implements Serializable {

  /** The key of windows that all users share. */
  static final String ALL_USERS = "";

  public Grain {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(earlyInterval, "earlyInterval");
    Objects.requireNonNull(allowedLateness, "allowedLateness");
  }

  /** Per user and hour. */
  public static Grain hourly(Duration earlyInterval, Duration allowedLateness) {
    return new Grain("hourly", true, Duration.ofHours(1), earlyInterval, allowedLateness);
  }

  /** Per user and day, in UTC. */
  public static Grain daily(Duration earlyInterval, Duration allowedLateness) {
    return new Grain("daily", true, Duration.ofDays(1), earlyInterval, allowedLateness);
  }

  /** All users together, per minute. */
  public static Grain minutely(Duration earlyInterval, Duration allowedLateness) {
    return new Grain("minutely", false, Duration.ofMinutes(1), earlyInterval, allowedLateness);
  }
}
