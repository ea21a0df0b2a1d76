package io.plotpalette.generator.prompts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;

/** The JSON in what a model wrote. */
final class JsonOutput {
  private static final ObjectReader READER =
      new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final String FENCE = "```";

  private JsonOutput() {}

  /**
   * The one value of a text, which may stand in a code fence: models like those, told or not.
   *
   * @throws JsonProcessingException saying what is wrong
   */
  static JsonNode parse(String text) throws JsonProcessingException {
    JsonNode value = READER.readTree(withoutFence(text.strip()));
    if (value.isMissingNode()) {
      throw new EmptyOutputException();
    }
    return value;
  }

  private static String withoutFence(String text) {
    int firstLineEnd = text.indexOf('\n');
    return text.startsWith(FENCE) && text.endsWith(FENCE) && firstLineEnd > 0
        ? text.substring(firstLineEnd, Math.max(firstLineEnd, text.length() - FENCE.length()))
        : text;
  }

  private static final class EmptyOutputException extends JsonProcessingException {
    private static final long serialVersionUID = 1L;

    EmptyOutputException() {
      super("it is empty");
    }
  }
}
