package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * What would be sent to models for one record, without calling any: outputs of earlier steps are
 * stand-ins, {@code <output of ID>} for a text and values that fit the schema for JSON.
 *
 * @param category null when the template has none
 */
public record PromptPreview(List<StepPrompt> steps, String category) {
  private static final int STAND_IN_CHARACTERS = 40;

  public PromptPreview {
    steps = List.copyOf(steps);
  }

  /**
   * One step.
   *
   * @param prompt null when the step is skipped for the record
   */
  public record StepPrompt(String stepId, String prompt) {}

  /**
   * Renders all steps of one record.
   *
   * @throws PromptException naming step, line and field
   */
  public static PromptPreview of(
      CompiledTemplate template, JsonNode seedEntry, long jobSeed, long recordIndex) {
    RecordPrompts record = template.record(seedEntry, jobSeed, recordIndex);
    List<StepPrompt> prompts = new ArrayList<>();
    for (int i = 0; i < template.definition().steps().size(); i++) {
      TemplateStep step = template.definition().steps().get(i);
      if (record.isSkipped(i)) {
        prompts.add(new StepPrompt(step.id(), null));
        continue;
      }
      prompts.add(new StepPrompt(step.id(), record.prompt(i)));
      if (step.output() == OutputFormat.TEXT) {
        record.finish(i, "<output of " + step.id() + ">");
      } else {
        record.finish(i, StandInOutput.json(step.schema(), STAND_IN_CHARACTERS));
      }
    }
    return new PromptPreview(prompts, record.category());
  }
}
