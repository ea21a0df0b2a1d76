package io.plotpalette.stream.lake;

import java.io.Serializable;

/** Writes an element as a row: its columns, each once, in the order of the table's schema. */
@FunctionalInterface
interface RowMapper<T> extends Serializable {
  void write(T element, ColumnWriter row);
}
