package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** The tokens of a record's JSON, one after the other, as Jackson's parser has them. */
interface RecordTokens {
  /** The next token, null at the end. */
  JsonToken next() throws IOException;

  /** The token {@link #next} gave last. */
  JsonToken current();

  /** Of the field that was entered last. */
  String name() throws IOException;

  /** The slot {@link #name} stands for, null if it is of no interest. */
  default Slot slot() throws IOException {
    return Slot.of(name());
  }

  /** Of a text. */
  String text() throws IOException;

  /**
   * After {@link #textAttribute}: the bytes the text is a slice of, from {@link #textStart} to
   * {@link #textEnd}.
   */
  default byte[] textBytes() {
    throw new UnsupportedOperationException("no attribute was read in one go");
  }

  default int textStart() {
    return 0;
  }

  default int textEnd() {
    return 0;
  }

  /**
   * Reads the next field of an object in one go if its value is an attribute of one text, as nearly
   * all are: {@code "name":{"S":"text"}}.
   *
   * @return the type tag, after which there are a name and a text; or null, and nothing moved, if
   *     the object ends, the value is another or must be read token by token
   */
  default String textAttribute() {
    return null;
  }

  /** Of a whole number that fits, else null. */
  Long wholeNumber() throws IOException;

  /** From the beginning of an object or a list to its end; nothing else moves. */
  void skipChildren() throws IOException;
}
