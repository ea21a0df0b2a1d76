package io.plotpalette.generator.journal;

import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.pressure.FailureClass;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Segments as bytes: a version, the rest, and a checksum over both. A change of the format takes
 * the next version and goes on reading this one, since journals outlive a deployment.
 */
public final class SegmentCodec {
  /** A segment is never larger; an item of DynamoDB may have 400 KB. */
  public static final int MAX_SEGMENT_BYTES = 300 * 1024;

  private static final int VERSION = 1;
  private static final int CHECKSUM_BYTES = 4;

  private static final int INTENT = 1;
  private static final int OUTCOME = 2;

  private static final int ANSWERED = 1;
  private static final int INVALID = 2;
  private static final int REJECTED = 3;
  private static final int FAILED = 4;
  private static final int NOT_MADE = 5;

  private SegmentCodec() {}

  /**
   * The bytes of a segment.
   *
   * @throws IllegalArgumentException if that would be more than {@link #MAX_SEGMENT_BYTES}
   */
  public static byte[] encode(Segment segment) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(segment, bytes);
    byte[] body = bytes.toByteArray();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(checksum(body, body.length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.size() > MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "a segment of " + bytes.size() + " bytes is larger than " + MAX_SEGMENT_BYTES);
    }
    return bytes.toByteArray();
  }

  /** Bytes of a segment of this owner without entries. */
  static int emptyBytes(Ownership ownership) {
    return encode(new Segment(ownership, 0, List.of())).length;
  }

  /** Bytes an entry adds to its segment. */
  static int entryBytes(JournalEntry entry) {
    try (CountingStream counter = new CountingStream()) {
      writeEntry(entry, new DataOutputStream(counter));
      return counter.count;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Segment segment, OutputStream target) {
    try {
      DataOutputStream out = new DataOutputStream(target);
      out.writeByte(VERSION);
      out.writeLong(segment.ownership().epoch());
      OutputCodec.writeText(segment.ownership().owner(), out);
      out.writeLong(segment.sequence());
      out.writeInt(segment.entries().size());
      for (JournalEntry entry : segment.entries()) {
        writeEntry(entry, out);
      }
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeEntry(JournalEntry entry, DataOutputStream out) throws IOException {
    if (entry instanceof Intent intent) {
      out.writeByte(INTENT);
      writeCall(intent.call(), out);
      out.writeLong(intent.reservation());
      OutputCodec.writeText(intent.promptSha256(), out);
      out.writeLong(intent.at());
    } else if (entry instanceof Outcome outcome) {
      out.writeByte(OUTCOME);
      writeCall(outcome.call(), out);
      writeResult(outcome.result(), out);
      out.writeLong(outcome.tokensIn());
      out.writeLong(outcome.tokensOut());
      out.writeLong(outcome.cost());
      out.writeLong(outcome.at());
    }
  }

  private static void writeCall(CallId call, DataOutputStream out) throws IOException {
    out.writeLong(call.record());
    out.writeInt(call.step());
    out.writeInt(call.attempt());
  }

  private static void writeResult(Result result, DataOutputStream out) throws IOException {
    if (result instanceof Result.Answered answered) {
      out.writeByte(ANSWERED);
      OutputCodec.write(answered.output(), out);
    } else if (result instanceof Result.Invalid invalid) {
      out.writeByte(INVALID);
      OutputCodec.write(invalid.output(), out);
      OutputCodec.writeText(invalid.violation(), out);
    } else if (result instanceof Result.Rejected rejected) {
      out.writeByte(REJECTED);
      OutputCodec.write(rejected.output(), out);
      OutputCodec.writeText(rejected.reason(), out);
    } else if (result instanceof Result.Failed failed) {
      out.writeByte(FAILED);
      // By name: the order of an enum is nobody's contract.
      OutputCodec.writeText(failed.failure().name(), out);
      OutputCodec.writeText(failed.message(), out);
    } else if (result instanceof Result.NotMade) {
      out.writeByte(NOT_MADE);
    }
  }

  /**
   * The segment of some bytes.
   *
   * @throws MalformedSegmentException if the bytes are cut, changed, or of a version from the
   *     future
   */
  public static Segment decode(byte[] bytes) throws MalformedSegmentException {
    if (bytes.length <= CHECKSUM_BYTES) {
      throw new MalformedSegmentException(bytes.length + " bytes are no segment");
    }
    if (bytes[0] != VERSION) {
      throw new MalformedSegmentException(
          "the segment has version "
              + bytes[0]
              + ", but this release reads "
              + VERSION
              + " only: run the job with the release that wrote it, or a later one");
    }
    int bodyBytes = bytes.length - CHECKSUM_BYTES;
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Segment segment = read(in);
      if (in.available() != CHECKSUM_BYTES || in.readInt() != checksum(bytes, bodyBytes)) {
        throw new MalformedSegmentException("the segment's checksum does not fit its bytes");
      }
      return segment;
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedSegmentException("the segment cannot be read: " + e.getMessage(), e);
    }
  }

  private static Segment read(DataInputStream in) throws IOException {
    in.readByte();
    Ownership ownership = new Ownership(in.readLong(), OutputCodec.readText(in));
    long sequence = in.readLong();
    int count = in.readInt();
    List<JournalEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(readEntry(in));
    }
    return new Segment(ownership, sequence, entries);
  }

  private static JournalEntry readEntry(DataInputStream in) throws IOException {
    int kind = in.readByte();
    CallId call = new CallId(in.readLong(), in.readInt(), in.readInt());
    return switch (kind) {
      case INTENT -> new Intent(call, in.readLong(), OutputCodec.readText(in), in.readLong());
      case OUTCOME ->
          new Outcome(
              call, readResult(in), in.readLong(), in.readLong(), in.readLong(), in.readLong());
      default -> throw new IllegalArgumentException("an entry has kind " + kind);
    };
  }

  private static Result readResult(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case ANSWERED -> new Result.Answered(OutputCodec.read(in));
      case INVALID -> new Result.Invalid(OutputCodec.read(in), OutputCodec.readText(in));
      case REJECTED -> new Result.Rejected(OutputCodec.read(in), OutputCodec.readText(in));
      case FAILED ->
          new Result.Failed(
              FailureClass.valueOf(OutputCodec.readText(in)), OutputCodec.readText(in));
      case NOT_MADE -> new Result.NotMade();
      default -> throw new IllegalArgumentException("a result has kind " + kind);
    };
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static final class CountingStream extends OutputStream {
    private int count;

    @Override
    public void write(int b) {
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count += length;
    }
  }
}
