package io.plotpalette.stream.insights;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Writes partial insights between operators by hand: nearly every window of a user costs one, and
 * Flink's own serializer for such classes goes through reflection, field by field. Partial insights
 * are in no state, so their form may change from version to version.
 */
final class PartialInsightSerializer extends TypeSerializerSingleton<PartialInsight> {
  private static final long serialVersionUID = 1L;

  static final PartialInsightSerializer INSTANCE = new PartialInsightSerializer();

  private PartialInsightSerializer() {}

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public PartialInsight createInstance() {
    return new PartialInsight();
  }

  @Override
  public PartialInsight copy(PartialInsight from) {
    PartialInsight copy = new PartialInsight();
    copy.key = from.key;
    copy.windowStart = from.windowStart;
    copy.changes = from.changes;
    copy.counts = from.counts;
    copy.leadTimeMillis = from.leadTimeMillis;
    copy.leadTimes = from.leadTimes == null ? null : from.leadTimes.clone();
    copy.sketch = from.sketch == null ? null : from.sketch.clone();
    return copy;
  }

  @Override
  public PartialInsight copy(PartialInsight from, PartialInsight reuse) {
    return copy(from);
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(PartialInsight insight, DataOutputView out) throws IOException {
    StringValue.writeString(insight.key, out);
    out.writeLong(insight.windowStart);
    out.writeLong(insight.changes);
    TransitionCounts counts = insight.counts;
    out.writeLong(counts.created());
    out.writeLong(counts.completed());
    out.writeLong(counts.reopened());
    out.writeLong(counts.cancelled());
    out.writeLong(counts.deleted());
    out.writeLong(counts.updated());
    out.writeLong(counts.openDelta());
    out.writeLong(counts.onTime());
    out.writeLong(counts.overdueCompleted());
    out.writeDouble(insight.leadTimeMillis);
    out.writeInt(insight.leadTimes == null ? -1 : insight.leadTimes.length);
    if (insight.leadTimes != null) {
      for (double leadTime : insight.leadTimes) {
        out.writeDouble(leadTime);
      }
    }
    out.writeInt(insight.sketch == null ? -1 : insight.sketch.length);
    if (insight.sketch != null) {
      out.write(insight.sketch);
    }
  }

  @Override
  public PartialInsight deserialize(DataInputView in) throws IOException {
    PartialInsight insight = new PartialInsight();
    insight.key = StringValue.readString(in);
    insight.windowStart = in.readLong();
    insight.changes = in.readLong();
    insight.counts =
        new TransitionCounts(
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong());
    insight.leadTimeMillis = in.readDouble();
    int leadTimes = in.readInt();
    if (leadTimes >= 0) {
      insight.leadTimes = new double[leadTimes];
      for (int i = 0; i < leadTimes; i++) {
        insight.leadTimes[i] = in.readDouble();
      }
    }
    int sketch = in.readInt();
    if (sketch >= 0) {
      insight.sketch = new byte[sketch];
      in.readFully(insight.sketch);
    }
    return insight;
  }

  @Override
  public PartialInsight deserialize(PartialInsight reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    serialize(deserialize(in), out);
  }

  @Override
  public TypeSerializerSnapshot<PartialInsight> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Nothing but which serializer it was. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PartialInsight> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
