package io.plotpalette.model.template;

import java.util.List;
import java.util.Objects;

/**
 * What a user writes of a template; {@link TemplateJson} reads and writes it, {@link
 * CompiledTemplate} checks its prompts.
 *
 * @param category an expression over the seed entry and the outputs of all steps; may be null
 */
public record TemplateDefinition(
    String name, String description, List<TemplateStep> steps, String category) {

  public TemplateDefinition {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    steps = List.copyOf(steps);
  }
}
