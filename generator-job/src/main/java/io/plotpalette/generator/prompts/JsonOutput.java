package io.plotpalette.generator.prompts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plotpalette.generator.text.WellFormedText;

/** The JSON in what a model wrote. */
final class JsonOutput {
  /**
   * As deep as templates print values. Much deeper, and the line of the record could not be written
   * any more.
   */
  static final int MAX_DEPTH = 100;

  /** Numbers keep the digits they were written with: 1e999 is none that a double can hold. */
  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .reader()
          .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** The only way for half a character into a text that was UTF-8. */
  private static final String ESCAPE = "\\u";

  private static final String FENCE = "```";

  private JsonOutput() {}

  /**
   * The one value of a text, which may stand in a code fence: models like those, told or not. Half
   * characters are replaced.
   *
   * @throws JsonProcessingException saying what is wrong
   */
  static JsonNode parse(String text) throws JsonProcessingException {
    JsonNode value = read(withoutFence(text.strip()));
    if (value.isMissingNode()) {
      throw new UnusableOutputException("it is empty");
    }
    if (!text.contains(ESCAPE)) {
      return value;
    }
    String written = value.toString();
    String wellFormed = WellFormedText.of(written);
    return wellFormed.equals(written) ? value : read(wellFormed);
  }

  private static JsonNode read(String json) throws JsonProcessingException {
    try {
      return READER.readTree(json);
    } catch (NumberFormatException e) {
      throw new UnusableOutputException("a number has too large an exponent");
    }
  }

  private static String withoutFence(String text) {
    int firstLineEnd = text.indexOf('\n');
    return text.startsWith(FENCE) && text.endsWith(FENCE) && firstLineEnd > 0
        ? text.substring(firstLineEnd, Math.max(firstLineEnd, text.length() - FENCE.length()))
        : text;
  }

  private static final class UnusableOutputException extends JsonProcessingException {
    private static final long serialVersionUID = 1L;

    UnusableOutputException(String problem) {
      super(problem);
    }
  }
}
