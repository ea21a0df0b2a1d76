package io.plotpalette.model.template;

import java.util.Objects;
import java.util.Optional;

/**
 * One call to a model for every record.
 *
 * @param id later steps name its output {@code steps.<id>.output}
 * @param prompt a template
 * @param maxTokens the most the model may write; always sent, because the budget counts on it
 * @param temperature 0 to 1
 * @param schema of a JSON output; null when any JSON will do, and for text
 * @param skipWhen an expression; the step is left out for a record where it is true; may be null
 */
public record TemplateStep(
    String id,
    ModelChoice model,
    String prompt,
    int maxTokens,
    double temperature,
    OutputFormat output,
    OutputSchema schema,
    String skipWhen) {

  public TemplateStep {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(output, "output");
  }

  /** What the model is to write; {@link #wireName} is what JSON holds. */
  public enum OutputFormat {
    TEXT("text"),
    JSON("json");

    private final String wireName;

    OutputFormat(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }

    /** The format with this wire name, or empty for any other text. */
    public static Optional<OutputFormat> fromWire(String wireName) {
      for (OutputFormat format : values()) {
        if (format.wireName.equals(wireName)) {
          return Optional.of(format);
        }
      }
      return Optional.empty();
    }
  }
}
