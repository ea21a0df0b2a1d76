package io.plotpalette.stream.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** All of JSON, and what is wrong with what is none. */
final class JacksonTokens implements RecordTokens, AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonParser parser;

  JacksonTokens(String record) throws IOException {
    parser = JSON.createParser(record);
  }

  @Override
  public JsonToken next() throws IOException {
    return parser.nextToken();
  }

  @Override
  public JsonToken current() {
    return parser.currentToken();
  }

  @Override
  public String name() throws IOException {
    return parser.currentName();
  }

  @Override
  public String text() throws IOException {
    return parser.getText();
  }

  @Override
  public Long wholeNumber() throws IOException {
    JsonParser.NumberType type = parser.getNumberType();
    return type == JsonParser.NumberType.INT || type == JsonParser.NumberType.LONG
        ? (Long) parser.getLongValue()
        : null;
  }

  @Override
  public void skipChildren() throws IOException {
    parser.skipChildren();
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
