package io.plotpalette.stream.lake;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.stream.parse.Rejection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.Encoder;

/** One rejection as one line of JSON; the record is a string, since it may be no JSON at all. */
final class QuarantineLineEncoder implements Encoder<Rejection> {
  private static final long serialVersionUID = 1L;
  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public void encode(Rejection rejection, OutputStream stream) throws IOException {
    try (JsonGenerator line = JSON.createGenerator(stream, JsonEncoding.UTF8)) {
      line.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      line.writeStartObject();
      line.writeStringField("rule", rejection.rule().id());
      line.writeStringField("reason", wellFormed(rejection.reason()));
      line.writeStringField("rejected_at", IsoMillis.format(rejection.rejectedAt()));
      line.writeStringField("record", wellFormed(rejection.record()));
      line.writeEndObject();
      line.writeRaw('\n');
    }
  }

  /** Half a surrogate pair, which hands and bugs can write, would make the file unreadable. */
  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
