package io.plotpalette.generator.journal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Texts and outputs as bytes, the same in the journal and in state. */
public final class OutputCodec {
  private static final int INLINE = 1;
  private static final int STORED = 2;

  private OutputCodec() {}

  /** Writes where an output is, or the output itself. */
  public static void write(Output output, DataOutputStream out) throws IOException {
    if (output instanceof Output.Inline inline) {
      out.writeByte(INLINE);
      writeText(inline.text(), out);
    } else if (output instanceof Output.Stored stored) {
      out.writeByte(STORED);
      writeText(stored.key(), out);
      out.writeLong(stored.bytes());
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if that is something else
   */
  public static Output read(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case INLINE -> new Output.Inline(readText(in));
      case STORED -> new Output.Stored(readText(in), in.readLong());
      default -> throw new IllegalArgumentException("an output has kind " + kind);
    };
  }

  /** Writes a text of any length. */
  public static void writeText(String text, DataOutputStream out) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /** Reads a text, never beyond the end of the stream. */
  public static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new EOFException("a text of " + length + " bytes does not end");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
