package io.plotpalette.api.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One line of an import. */
final class TaskLine {
  private TaskLine() {}

  /** The object a line holds; empty when it is none, or no UTF-8. */
  static Optional<ObjectNode> read(byte[] line) {
    try {
      return read(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The object a line holds; empty when it is none, or has no UTF-8 form. */
  static Optional<ObjectNode> read(String line) {
    try {
      JsonNode task = Json.MAPPER.readTree(line);
      if (task instanceof ObjectNode object
          && StandardCharsets.UTF_8.newEncoder().canEncode(object.toString())) {
        return Optional.of(object);
      }
    } catch (IOException e) {
      // Its message would quote the line.
    }
    return Optional.empty();
  }

  static boolean isBlank(byte[] line) {
    for (byte character : line) {
      if (character != ' ' && character != '\t' && character != '\r') {
        return false;
      }
    }
    return true;
  }
}
