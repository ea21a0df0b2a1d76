package io.plotpalette.model.template.jinja;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.template.JsonValues;
import java.util.Map;

/** Renders in one line what a test wants to see. */
final class Rendering {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Rendering() {}

  static String render(String template, Map<String, Object> variables) {
    return render(template, variables, RenderLimits.DEFAULT);
  }

  static String render(String template, Map<String, Object> variables, RenderLimits limits) {
    return PromptTemplate.parse(template)
        .render(variables, SeededRandom.of(1, 1, "test"), limits, System::nanoTime);
  }

  /** With JSON as the data. */
  static String render(String template, String json) {
    try {
      return render(template, JsonValues.fields(JSON.readTree(json)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
