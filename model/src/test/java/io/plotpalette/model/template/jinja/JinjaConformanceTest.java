package io.plotpalette.model.template.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.template.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Templates and what they must render, by section of Jinja's "Template Designer Documentation"
 * (3.1). The expected texts were made by Jinja2 3.1.6 with {@code StrictUndefined} from the same
 * data; none is from this code.
 */
class JinjaConformanceTest {
  private static JsonNode cases() throws IOException {
    try (InputStream file = JinjaConformanceTest.class.getResourceAsStream("jinja2-cases.json")) {
      return new ObjectMapper().readTree(file);
    }
  }

  @TestFactory
  List<DynamicTest> rendersWhatJinja2Renders() throws IOException {
    JsonNode file = cases();
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode example : file.get("cases")) {
      String template = example.get("template").textValue();
      tests.add(
          DynamicTest.dynamicTest(
              example.get("section").textValue() + ": " + template,
              () ->
                  assertThat(Rendering.render(template, JsonValues.fields(file.get("data"))))
                      .isEqualTo(example.get("expected").textValue())));
    }
    assertThat(tests).hasSizeGreaterThan(40);
    return tests;
  }
}
