package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.AttributeValue;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/** The record's key and value as {@code key:value}. */
final class KeyAndValue implements StreamRecordDeserializer<String> {
  private static final long serialVersionUID = 1L;

  @Override
  public String deserialize(StreamRecord record) {
    AttributeValue value = record.newImage().get("value");
    return record.keys().get("key").value() + ":" + value.value();
  }

  @Override
  public TypeInformation<String> getProducedType() {
    return Types.STRING;
  }
}
