package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.io.Serializable;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;

/**
 * Turns a stream record into an element of the job. Must not throw, however odd the data is: a
 * record that stops the job would stop it again after every restart.
 */
public interface StreamRecordDeserializer<T> extends Serializable, ResultTypeQueryable<T> {
  T deserialize(StreamRecord record);
}
