package io.plotpalette.infra;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Values of a template with their functions written out, so that they can be compared as text. */
final class TemplateText {
  private TemplateText() {}

  /** {@code {"Fn::GetAtt": ["Lake", "Arn"]}} becomes <code>${Lake.Arn}</code>. */
  static String of(JsonNode value) {
    if (value.isValueNode()) {
      return value.asText();
    }
    if (value.has("Ref")) {
      return "${" + value.get("Ref").asText() + "}";
    }
    if (value.has("Fn::GetAtt")) {
      return "${"
          + value.at("/Fn::GetAtt/0").asText()
          + "."
          + value.at("/Fn::GetAtt/1").asText()
          + "}";
    }
    if (value.has("Fn::ImportValue")) {
      return "${" + value.get("Fn::ImportValue").asText() + "}";
    }
    if (value.has("Fn::Sub")) {
      return value.get("Fn::Sub").asText();
    }
    if (value.has("Fn::Join")) {
      return value
          .at("/Fn::Join/1")
          .valueStream()
          .map(TemplateText::of)
          .collect(Collectors.joining(value.at("/Fn::Join/0").asText()));
    }
    // A part of an ARN.
    if (value.has("Fn::Select")) {
      return of(value.at("/Fn::Select/1/Fn::Split/1"))
          + "["
          + value.at("/Fn::Select/0").asText()
          + "]";
    }
    throw new IllegalArgumentException("unknown function of a template: " + value);
  }

  /** A list, or one value in its place. */
  static Stream<String> each(JsonNode value) {
    return value.isArray() ? value.valueStream().map(TemplateText::of) : Stream.of(of(value));
  }
}
