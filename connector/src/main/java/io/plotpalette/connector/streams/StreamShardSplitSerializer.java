package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.ShardPosition;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Form of a split in checkpoints and in assignments. */
final class StreamShardSplitSerializer implements SimpleVersionedSerializer<StreamShardSplit> {
  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(StreamShardSplit split) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(256);
    out.writeUTF(split.streamArn());
    out.writeUTF(split.shardId());
    out.writeUTF(split.position().anchor().name());
    if (split.position().anchor() == ShardPosition.Anchor.AFTER_SEQUENCE_NUMBER) {
      out.writeUTF(split.position().sequenceNumber());
    }
    out.writeLong(split.watermark());
    out.writeBoolean(split.finished());
    return out.getCopyOfBuffer();
  }

  @Override
  public StreamShardSplit deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException("Split of version " + version + ", but only 1 can be read");
    }
    DataInputDeserializer in = new DataInputDeserializer(serialized);
    String streamArn = in.readUTF();
    String shardId = in.readUTF();
    ShardPosition.Anchor anchor = ShardPosition.Anchor.valueOf(in.readUTF());
    ShardPosition position =
        new ShardPosition(
            anchor, anchor == ShardPosition.Anchor.AFTER_SEQUENCE_NUMBER ? in.readUTF() : null);
    return new StreamShardSplit(streamArn, shardId, position, in.readLong(), in.readBoolean());
  }
}
