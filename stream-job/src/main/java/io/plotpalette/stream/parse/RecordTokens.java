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

  /** Of a text. */
  String text() throws IOException;

  /**
   * The bytes the last text is a slice of, from {@link #textStart} to {@link #textEnd}; or null.
   */
  default byte[] textBytes() {
    return null;
  }

  default int textStart() {
    return 0;
  }

  default int textEnd() {
    return 0;
  }

  /**
   * Reads an attribute value that is one text in one go, from behind its opening brace to behind
   * its closing one.
   *
   * @return the type tag, after which there is a text; or null, and nothing moved, if the value is
   *     another or must be read token by token
   */
  default String textAttribute() {
    return null;
  }

  /** Of a whole number that fits, else null. */
  Long wholeNumber() throws IOException;

  /** From the beginning of an object or a list to its end; nothing else moves. */
  void skipChildren() throws IOException;
}
