package io.plotpalette.generator.export;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.model.IsoMillis;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * CSV as RFC 4180 has it: a header, lines that end in CR LF, quotes where a value needs them and
 * doubled inside. UTF-8 without a mark. Nothing between two commas is null, {@code ""} an empty
 * text. A value that a spreadsheet would take for a formula is left as it is: changing it would
 * make the dataset another one.
 */
final class CsvWriter implements DatasetWriter {
  private final OutputStream out;
  private final StringBuilder line = new StringBuilder();

  CsvWriter(List<Column> columns, OutputStream out) throws IOException {
    this.out = out;
    write(columns.stream().map(Column::name).toArray());
  }

  @Override
  public void write(Object[] row) throws IOException {
    line.setLength(0);
    for (int i = 0; i < row.length; i++) {
      if (i > 0) {
        line.append(',');
      }
      append(row[i]);
    }
    line.append("\r\n");
    out.write(line.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void append(Object value) {
    if (value instanceof String text) {
      appendText(text);
    } else if (value instanceof Double number) {
      // As in JSON: shortest digits, the same on every JDK.
      line.append(NumberOutput.toString(number, true));
    } else if (value instanceof Instant time) {
      line.append(IsoMillis.format(time));
    } else if (value != null) {
      line.append(value);
    }
  }

  private void appendText(String text) {
    if (!needsQuotes(text)) {
      line.append(text);
      return;
    }
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        line.append('"');
      }
      line.append(c);
    }
    line.append('"');
  }

  private static boolean needsQuotes(String text) {
    if (text.isEmpty() || text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ') {
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == ',' || c == '\r' || c == '\n') {
        return true;
      }
    }
    return false;
  }

  @Override
  public void finish() {
    // Every line is written when it is complete.
  }
}
