package io.plotpalette.model.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Avro schemas as they are packaged with the model. */
final class LakeSchema {
  private LakeSchema() {}

  static String read(String name) {
    String resource = name + ".avsc";
    try (InputStream in = LakeSchema.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("schema " + resource + " is not packaged with the model");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read schema " + resource, e);
    }
  }
}
