package io.plotpalette.generator.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import io.plotpalette.generator.export.DatasetColumns.Column;
import io.plotpalette.model.IsoMillis;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/** A JSON object a line, every column in each; what is JSON stands there as such. */
final class JsonlWriter implements DatasetWriter {
  // Shortest digits, the same on every JDK.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private final List<Column> columns;
  private final JsonGenerator json;

  JsonlWriter(List<Column> columns, OutputStream out) throws IOException {
    this.columns = columns;
    this.json = FACTORY.createGenerator(out);
    json.setRootValueSeparator(new SerializedString(""));
  }

  @Override
  public void write(Object[] row) throws IOException {
    json.writeStartObject();
    for (int i = 0; i < row.length; i++) {
      Column column = columns.get(i);
      json.writeFieldName(column.name());
      if (row[i] == null) {
        json.writeNull();
        continue;
      }
      switch (column.type()) {
        case TEXT -> json.writeString((String) row[i]);
        case INTEGER -> json.writeNumber((Long) row[i]);
        case NUMBER -> json.writeNumber((Double) row[i]);
        case BOOLEAN -> json.writeBoolean((Boolean) row[i]);
        case JSON -> json.writeRawValue((String) row[i]);
        case TIME -> json.writeString(IsoMillis.format((Instant) row[i]));
      }
    }
    json.writeEndObject();
    json.writeRaw('\n');
  }

  @Override
  public void finish() throws IOException {
    json.close();
  }
}
