package io.plotpalette.connector.streams;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Form of the enumerator's state in checkpoints. */
final class StreamEnumeratorStateSerializer
    implements SimpleVersionedSerializer<StreamEnumeratorState> {
  private static final int VERSION = 1;

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public byte[] serialize(StreamEnumeratorState state) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(1024);
    writeNullable(out, state.streamArn());
    out.writeBoolean(state.listed());
    out.writeInt(state.shards().size());
    for (ShardNode shard : state.shards()) {
      out.writeUTF(shard.shardId());
      writeNullable(out, shard.parentShardId());
      out.writeUTF(shard.status().name());
      out.writeUTF(shard.start().name());
      out.writeLong(shard.finishedAtMillis());
    }
    out.writeInt(state.shardWatermarks().size());
    for (Map.Entry<String, Long> shard : state.shardWatermarks().entrySet()) {
      out.writeUTF(shard.getKey());
      out.writeLong(shard.getValue());
    }
    out.writeLong(state.watermark());
    return out.getCopyOfBuffer();
  }

  @Override
  public StreamEnumeratorState deserialize(int version, byte[] serialized) throws IOException {
    if (version != VERSION) {
      throw new IOException("Enumerator state of version " + version + ", but only 1 can be read");
    }
    DataInputDeserializer in = new DataInputDeserializer(serialized);
    String streamArn = readNullable(in);
    boolean listed = in.readBoolean();
    List<ShardNode> shards = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      shards.add(
          new ShardNode(
              in.readUTF(),
              readNullable(in),
              ShardNode.Status.valueOf(in.readUTF()),
              StartPosition.valueOf(in.readUTF()),
              in.readLong()));
    }
    Map<String, Long> watermarks = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      watermarks.put(in.readUTF(), in.readLong());
    }
    return new StreamEnumeratorState(streamArn, listed, shards, watermarks, in.readLong());
  }

  private static void writeNullable(DataOutputSerializer out, String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static String readNullable(DataInputDeserializer in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }
}
