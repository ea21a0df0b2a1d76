package io.plotpalette.connector.sink;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Form of writes that wait in a checkpoint. Codes are written, never ordinals or class names. */
final class DynamoDbWriteSerializer extends AsyncSinkWriterStateSerializer<DynamoDbWrite> {
  private static final int VERSION = 1;

  private static final byte PUT = 'P';
  private static final byte CONDITIONAL_PUT = 'C';
  private static final byte DELETE = 'D';

  private static final byte STRING = 'S';
  private static final byte NUMBER = 'N';
  private static final byte BINARY = 'B';
  private static final byte TRUE = 't';
  private static final byte FALSE = 'f';
  private static final byte NULL = '0';
  private static final byte MAP = 'M';
  private static final byte LIST = 'L';
  private static final byte STRINGS = 's';
  private static final byte NUMBERS = 'n';
  private static final byte BINARIES = 'b';

  /** Neither this version nor DynamoDB can tell its type; it is refused when it is written. */
  private static final byte NOTHING = '?';

  @Override
  public int getVersion() {
    return VERSION;
  }

  @Override
  public BufferedRequestState<DynamoDbWrite> deserialize(int version, byte[] serialized)
      throws IOException {
    if (version != VERSION) {
      throw new IOException("Sink state of version " + version + ", but only 1 can be read");
    }
    return super.deserialize(version, serialized);
  }

  @Override
  protected void serializeRequestToStream(DynamoDbWrite write, DataOutputStream out)
      throws IOException {
    out.writeByte(
        switch (write.kind()) {
          case PUT -> PUT;
          case CONDITIONAL_PUT -> CONDITIONAL_PUT;
          case DELETE -> DELETE;
        });
    write(write.attributes(), out);
    if (write.kind() == DynamoDbWrite.Kind.CONDITIONAL_PUT) {
      write(write.condition(), out);
      out.writeInt(write.names().size());
      for (Map.Entry<String, String> name : new TreeMap<>(write.names()).entrySet()) {
        write(name.getKey(), out);
        write(name.getValue(), out);
      }
      write(write.values(), out);
    }
  }

  @Override
  protected DynamoDbWrite deserializeRequestFromStream(long size, DataInputStream in)
      throws IOException {
    byte kind = in.readByte();
    Map<String, AttributeValue> attributes = attributes(in);
    return switch (kind) {
      case PUT -> DynamoDbWrite.put(attributes);
      case DELETE -> DynamoDbWrite.delete(attributes);
      case CONDITIONAL_PUT -> {
        String condition = text(in);
        Map<String, String> names = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
          names.put(text(in), text(in));
        }
        yield DynamoDbWrite.putIf(attributes, condition, names, attributes(in));
      }
      default -> throw new IOException("Unknown kind of write " + kind);
    };
  }

  private static void write(Map<String, AttributeValue> attributes, DataOutputStream out)
      throws IOException {
    out.writeInt(attributes.size());
    for (Map.Entry<String, AttributeValue> attribute : new TreeMap<>(attributes).entrySet()) {
      write(attribute.getKey(), out);
      write(attribute.getValue(), out);
    }
  }

  private static Map<String, AttributeValue> attributes(DataInputStream in) throws IOException {
    Map<String, AttributeValue> attributes = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      attributes.put(text(in), attribute(in));
    }
    return attributes;
  }

  private static void write(AttributeValue value, DataOutputStream out) throws IOException {
    switch (value.type()) {
      case S -> {
        out.writeByte(STRING);
        write(value.s(), out);
      }
      case N -> {
        out.writeByte(NUMBER);
        write(value.n(), out);
      }
      case B -> {
        out.writeByte(BINARY);
        write(value.b(), out);
      }
      case BOOL -> out.writeByte(value.bool() ? TRUE : FALSE);
      case NUL -> out.writeByte(NULL);
      case M -> {
        out.writeByte(MAP);
        write(value.m(), out);
      }
      case L -> {
        out.writeByte(LIST);
        out.writeInt(value.l().size());
        for (AttributeValue element : value.l()) {
          write(element, out);
        }
      }
      case SS -> {
        out.writeByte(STRINGS);
        write(value.ss(), out);
      }
      case NS -> {
        out.writeByte(NUMBERS);
        write(value.ns(), out);
      }
      case BS -> {
        out.writeByte(BINARIES);
        out.writeInt(value.bs().size());
        for (SdkBytes blob : value.bs()) {
          write(blob, out);
        }
      }
      case UNKNOWN_TO_SDK_VERSION -> out.writeByte(NOTHING);
    }
  }

  private static AttributeValue attribute(DataInputStream in) throws IOException {
    byte type = in.readByte();
    AttributeValue.Builder value = AttributeValue.builder();
    switch (type) {
      case STRING -> value.s(text(in));
      case NUMBER -> value.n(text(in));
      case BINARY -> value.b(SdkBytes.fromByteArrayUnsafe(bytes(in)));
      case TRUE -> value.bool(true);
      case FALSE -> value.bool(false);
      case NULL -> value.nul(true);
      case MAP -> value.m(attributes(in));
      case LIST -> {
        List<AttributeValue> elements = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          elements.add(attribute(in));
        }
        value.l(elements);
      }
      case STRINGS -> value.ss(texts(in));
      case NUMBERS -> value.ns(texts(in));
      case BINARIES -> {
        List<SdkBytes> blobs = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          blobs.add(SdkBytes.fromByteArrayUnsafe(bytes(in)));
        }
        value.bs(blobs);
      }
      case NOTHING -> {
        // Left without a type, as it was.
      }
      default -> throw new IOException("Unknown type of attribute " + type);
    }
    return value.build();
  }

  private static void write(List<String> texts, DataOutputStream out) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      write(text, out);
    }
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(text(in));
    }
    return texts;
  }

  /** Not writeUTF, which ends at 64 KB. */
  private static void write(String text, DataOutputStream out) throws IOException {
    write(SdkBytes.fromByteArrayUnsafe(text.getBytes(StandardCharsets.UTF_8)), out);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static void write(SdkBytes blob, DataOutputStream out) throws IOException {
    out.writeInt(blob.asByteArrayUnsafe().length);
    out.write(blob.asByteArrayUnsafe());
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
