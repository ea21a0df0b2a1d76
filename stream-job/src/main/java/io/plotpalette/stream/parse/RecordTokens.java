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

  /** Of a whole number that fits, else null. */
  Long wholeNumber() throws IOException;

  /** From the beginning of an object or a list to its end; nothing else moves. */
  void skipChildren() throws IOException;
}
