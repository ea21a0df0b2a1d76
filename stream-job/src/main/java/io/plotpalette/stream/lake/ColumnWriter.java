package io.plotpalette.stream.lake;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * The columns of one row after the other, straight into Parquet's column buffers, without a record
 * in between. A column out of the schema's order, or missing at the end, is a defect of the mapper
 * and fails at once.
 */
final class ColumnWriter {
  private final RecordConsumer consumer;
  private final String[] columns;
  private int next;

  ColumnWriter(RecordConsumer consumer, MessageType schema) {
    this.consumer = consumer;
    // As the mappers' constants are, so that comparing them looks at no letter.
    this.columns =
        schema.getFields().stream().map(field -> field.getName().intern()).toArray(String[]::new);
  }

  void startRow() {
    next = 0;
    consumer.startMessage();
  }

  void endRow() {
    if (next != columns.length) {
      throw new IllegalStateException("column " + columns[next] + " is missing");
    }
    consumer.endMessage();
  }

  /**
   * @param value may be null if the column may
   */
  void text(String column, String value) {
    int index = take(column);
    if (value != null) {
      consumer.startField(column, index);
      consumer.addBinary(binary(value));
      consumer.endField(column, index);
    }
  }

  /**
   * A text that is made once, see {@link #binary}.
   *
   * @param value may be null if the column may
   */
  void text(String column, Binary value) {
    int index = take(column);
    if (value != null) {
      consumer.startField(column, index);
      consumer.addBinary(value);
      consumer.endField(column, index);
    }
  }

  void number(String column, long value) {
    int index = take(column);
    consumer.startField(column, index);
    consumer.addLong(value);
    consumer.endField(column, index);
  }

  /**
   * @param value may be null if the column may
   */
  void number(String column, Long value) {
    if (value == null) {
      take(column);
    } else {
      number(column, value.longValue());
    }
  }

  /**
   * @param value may be null if the column may
   */
  void smallNumber(String column, Integer value) {
    int index = take(column);
    if (value != null) {
      consumer.startField(column, index);
      consumer.addInteger(value);
      consumer.endField(column, index);
    }
  }

  /**
   * @param value may be null if the column may
   */
  void fraction(String column, Double value) {
    int index = take(column);
    if (value != null) {
      consumer.startField(column, index);
      consumer.addDouble(value);
      consumer.endField(column, index);
    }
  }

  void truth(String column, boolean value) {
    int index = take(column);
    consumer.startField(column, index);
    consumer.addBoolean(value);
    consumer.endField(column, index);
  }

  void texts(String column, List<String> values) {
    int index = take(column);
    consumer.startField(column, index);
    consumer.startGroup();
    if (!values.isEmpty()) {
      consumer.startField("list", 0);
      for (String value : values) {
        consumer.startGroup();
        element("element", 0, value);
        consumer.endGroup();
      }
      consumer.endField("list", 0);
    }
    consumer.endGroup();
    consumer.endField(column, index);
  }

  void pairs(String column, Map<String, String> pairs) {
    int index = take(column);
    consumer.startField(column, index);
    consumer.startGroup();
    if (!pairs.isEmpty()) {
      consumer.startField("key_value", 0);
      for (Map.Entry<String, String> pair : pairs.entrySet()) {
        consumer.startGroup();
        element("key", 0, pair.getKey());
        element("value", 1, pair.getValue());
        consumer.endGroup();
      }
      consumer.endField("key_value", 0);
    }
    consumer.endGroup();
    consumer.endField(column, index);
  }

  private void element(String name, int index, String value) {
    consumer.startField(name, index);
    consumer.addBinary(binary(value));
    consumer.endField(name, index);
  }

  /** Parquet's own way goes through a character encoder, at several times the price. */
  static Binary binary(String value) {
    return Binary.fromConstantByteArray(value.getBytes(StandardCharsets.UTF_8));
  }

  private int take(String column) {
    if (next == columns.length || !columns[next].equals(column)) {
      throw new IllegalStateException(
          "column "
              + column
              + " is not next, "
              + (next == columns.length ? "the row is complete" : columns[next] + " is"));
    }
    return next++;
  }
}
