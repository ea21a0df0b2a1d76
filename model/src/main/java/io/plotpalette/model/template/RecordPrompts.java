package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.template.CompiledTemplate.CompiledStep;
import io.plotpalette.model.template.jinja.SeededRandom;
import io.plotpalette.model.template.jinja.TemplateRenderException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The prompts of one record, step by step: each may use the outputs given to {@link #finish}
 * before. The same record of the same job renders the same prompts, on any JVM and however often.
 * Not thread-safe.
 */
public final class RecordPrompts {
  private final CompiledTemplate template;
  private final long jobSeed;
  private final long recordIndex;
  private final Map<String, Object> variables;
  private final Map<String, Object> outputs = new LinkedHashMap<>();

  RecordPrompts(CompiledTemplate template, JsonNode seedEntry, long jobSeed, long recordIndex) {
    this.template = template;
    this.jobSeed = jobSeed;
    this.recordIndex = recordIndex;
    this.variables = JsonValues.fields(seedEntry);
    // A step without an output yet is a map without one, so asking for it says what is missing.
    template.steps().forEach(step -> outputs.put(step.step().id(), Map.of()));
    this.variables.put(CompiledTemplate.STEPS, outputs);
  }

  /**
   * Whether the step is left out for this record; then {@link #finish} is not called for it.
   *
   * @param step from 0
   * @throws PromptException naming step, line and field
   */
  public boolean isSkipped(int step) {
    CompiledStep compiled = template.steps().get(step);
    if (compiled.skipWhen() == null) {
      return false;
    }
    String id = compiled.step().id();
    return rendered(
        id,
        "skip_when",
        () ->
            compiled
                .skipWhen()
                .isTrue(
                    variables, random(id + "/skip_when"), template.limits(), template.nanoClock()));
  }

  /**
   * The finished prompt.
   *
   * @param step from 0; all steps before have been finished or skipped
   * @throws PromptException naming step, line and field
   */
  public String prompt(int step) {
    CompiledStep compiled = template.steps().get(step);
    String id = compiled.step().id();
    return rendered(
        id,
        "prompt",
        () ->
            compiled
                .prompt()
                .render(variables, random(id), template.limits(), template.nanoClock()));
  }

  /** Takes the text a step with the output {@code text} wrote. */
  public void finish(int step, String output) {
    outputs.put(template.steps().get(step).step().id(), Map.of("output", output));
  }

  /** Takes the JSON a step with the output {@code json} wrote. */
  public void finish(int step, JsonNode output) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("output", JsonValues.value(output));
    outputs.put(template.steps().get(step).step().id(), value);
  }

  /**
   * The slug of the category, after the last step; null when the template has none.
   *
   * @throws PromptException naming line and field
   */
  public String category() {
    if (template.category() == null) {
      return null;
    }
    return rendered(
        null,
        "category",
        () ->
            Category.slug(
                template
                    .category()
                    .text(
                        variables, random("/category"), template.limits(), template.nanoClock())));
  }

  private SeededRandom random(String purpose) {
    return SeededRandom.of(jobSeed, recordIndex, purpose);
  }

  private static <T> T rendered(String stepId, String part, Supplier<T> rendering) {
    try {
      return rendering.get();
    } catch (TemplateRenderException e) {
      throw new PromptException(stepId, part, e.line(), e.field(), e.getMessage());
    }
  }
}
