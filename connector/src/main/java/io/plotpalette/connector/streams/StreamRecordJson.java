package io.plotpalette.connector.streams;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.plotpalette.connector.streams.proxy.AttributeValue;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A record as one line of JSON in UTF-8, in the shape DynamoDB Streams gives to Lambda, attributes
 * sorted by name. {@code dynamodb.ApproximateCreationDateTime} is a whole number of epoch
 * milliseconds, of which the service fills the seconds. What the record lacks is left out; an
 * attribute of an unknown type is an empty object.
 */
public final class StreamRecordJson implements StreamRecordDeserializer<byte[]> {
  private static final long serialVersionUID = 1L;
  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public byte[] deserialize(StreamRecord record) {
    StringWriter line = new StringWriter(1024);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      text(json, "eventID", record.eventId());
      text(json, "eventName", record.eventName());
      text(json, "eventVersion", record.eventVersion());
      json.writeObjectFieldStart("dynamodb");
      json.writeNumberField("ApproximateCreationDateTime", record.createdMillis());
      item(json, "Keys", record.keys());
      item(json, "NewImage", record.newImage());
      item(json, "OldImage", record.oldImage());
      text(json, "SequenceNumber", record.sequenceNumber());
      if (record.sizeBytes() != null) {
        json.writeNumberField("SizeBytes", record.sizeBytes());
      }
      text(json, "StreamViewType", record.viewType());
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("A string cannot fail to be written to", e);
    }
    // Jackson's own writer of bytes refuses half a surrogate pair, which must stop nothing.
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public TypeInformation<byte[]> getProducedType() {
    return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  }

  private static void text(JsonGenerator json, String name, String text) throws IOException {
    if (text != null) {
      json.writeStringField(name, text);
    }
  }

  private static void item(JsonGenerator json, String name, Map<String, AttributeValue> attributes)
      throws IOException {
    if (attributes != null) {
      json.writeFieldName(name);
      attributes(json, attributes);
    }
  }

  private static void attributes(JsonGenerator json, Map<String, AttributeValue> attributes)
      throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, AttributeValue> attribute : new TreeMap<>(attributes).entrySet()) {
      json.writeFieldName(attribute.getKey());
      attribute(json, attribute.getValue());
    }
    json.writeEndObject();
  }

  // The type of an AttributeValue fixes the class of its value.
  @SuppressWarnings("unchecked")
  private static void attribute(JsonGenerator json, AttributeValue attribute) throws IOException {
    json.writeStartObject();
    Object value = attribute.value();
    if (attribute.type() != AttributeValue.Type.UNKNOWN) {
      json.writeFieldName(attribute.type().name());
    }
    switch (attribute.type()) {
      case S, N -> json.writeString((String) value);
      case BOOL, NULL -> json.writeBoolean((Boolean) value);
      case B -> json.writeBinary((byte[]) value);
      case M -> attributes(json, (Map<String, AttributeValue>) value);
      case L -> {
        json.writeStartArray();
        for (AttributeValue element : (List<AttributeValue>) value) {
          attribute(json, element);
        }
        json.writeEndArray();
      }
      case SS, NS -> {
        json.writeStartArray();
        for (String element : (List<String>) value) {
          json.writeString(element);
        }
        json.writeEndArray();
      }
      case BS -> {
        json.writeStartArray();
        for (byte[] element : (List<byte[]>) value) {
          json.writeBinary(element);
        }
        json.writeEndArray();
      }
      case UNKNOWN -> {
        // An empty object says it; the parser behind decides what to do with it.
      }
    }
    json.writeEndObject();
  }
}
