package io.plotpalette.stream.lake;

import java.io.Serializable;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Turns an element into a row of the table with the given schema. */
@FunctionalInterface
interface SerializableRowMapper<T> extends Serializable {
  GenericRecord row(Schema schema, T element);
}
