package io.plotpalette.stream.insights;

import org.apache.flink.api.common.typeinfo.TypeInfo;

/**
 * What one subtask's changes of a moment add to one window. It only travels between operators, see
 * {@link PartialInsightSerializer}.
 */
@TypeInfo(PartialInsightType.Factory.class)
public final class PartialInsight {
  /** The user, or {@link Grain#ALL_USERS}. */
  public String key;

  /** Epoch milliseconds. */
  public long windowStart;

  /** How many changes it stands for. */
  public long changes;

  public TransitionCounts counts = TransitionCounts.NONE;

  /** Sum of lead times in whole milliseconds, exact up to 2^53. */
  public double leadTimeMillis;

  /** Lead times in seconds while they are few; null if there are none or {@link #sketch} is set. */
  public double[] leadTimes;

  /** KLL sketch of the lead times in seconds once they are many, else null. */
  public byte[] sketch;
}
