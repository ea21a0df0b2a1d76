package io.plotpalette.generator.schedule;

import io.plotpalette.model.job.JobPriority;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A queue's state as bytes with a version. A change of the format takes the next version and goes
 * on reading this one.
 */
public final class QueueStateCodec {
  private static final int VERSION = 1;

  private QueueStateCodec() {}

  /** The bytes of a state. */
  public static byte[] encode(JobQueue.State state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeInt(state.waiting().size());
      for (QueuedJob job : state.waiting()) {
        out.writeUTF(job.jobId());
        out.writeUTF(job.userId());
        out.writeUTF(job.priority().name());
        out.writeLong(job.createdAt());
      }
      out.writeInt(state.running().size());
      for (Map.Entry<String, String> job : state.running().entrySet()) {
        out.writeUTF(job.getKey());
        out.writeUTF(job.getValue());
      }
      out.writeInt(state.passedOver().size());
      for (Map.Entry<String, Integer> user : state.passedOver().entrySet()) {
        out.writeUTF(user.getKey());
        out.writeInt(user.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The state of some bytes. */
  public static JobQueue.State decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalStateException(
            "the queue in the state has version %d, but this release reads %d only: run the job with the release that wrote it, or a later one"
                .formatted(version, VERSION));
      }
      List<QueuedJob> waiting = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        waiting.add(
            new QueuedJob(
                in.readUTF(), in.readUTF(), JobPriority.valueOf(in.readUTF()), in.readLong()));
      }
      Map<String, String> running = new HashMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        running.put(in.readUTF(), in.readUTF());
      }
      Map<String, Integer> passedOver = new HashMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        passedOver.put(in.readUTF(), in.readInt());
      }
      return new JobQueue.State(waiting, running, passedOver);
    } catch (IOException e) {
      throw new IllegalStateException("the queue in the state cannot be read", e);
    }
  }
}
