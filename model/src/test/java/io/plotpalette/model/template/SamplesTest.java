package io.plotpalette.model.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.money.Money;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class SamplesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static List<JsonNode> entries(String path) throws IOException {
    List<JsonNode> entries = new ArrayList<>();
    JSON.readTree(Samples.read(path)).forEach(entries::add);
    return entries;
  }

  @ParameterizedTest
  @FieldSource("io.plotpalette.model.template.Samples#SEED_DATA")
  void seedDataIsAListOfDifferentObjects(String path) throws IOException {
    assertThat(entries(path))
        .hasSizeBetween(20, 40)
        .allMatch(JsonNode::isObject)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "sample-templates/poem-imitation.json, sample-datasets/poetry/poems.json, author.biography author.genre author.name day.notes poem.text poem.title",
    "sample-templates/story.json, sample-datasets/poetry/poems.json, author.biography author.genre author.name day.notes poem.text",
    "sample-templates/question-answer.json, sample-datasets/literature/passages.json, author.name passage.text passage.title themes[0]",
  })
  void everyTemplateRendersForEveryEntry(String template, String seedData, String fields)
      throws IOException {
    TemplateDefinition definition = TemplateJson.read(JSON.readTree(Samples.read(template)));
    CompiledTemplate compiled = CompiledTemplate.of(definition);
    List<JsonNode> entries = entries(seedData);

    assertThat(String.join(" ", compiled.requiredFields())).isEqualTo(fields);
    for (int index = 0; index < entries.size(); index++) {
      JsonNode entry = entries.get(index);
      assertThat(compiled.missingFields(entry)).isEmpty();
      RecordPrompts record = compiled.record(entry, 1, index);
      for (int i = 0; i < definition.steps().size(); i++) {
        TemplateStep step = definition.steps().get(i);
        if (record.isSkipped(i)) {
          continue;
        }
        assertThat(record.prompt(i)).isNotBlank().doesNotContain("{{", "{%", "None", "\n\n\n");
        if (step.output() == TemplateStep.OutputFormat.JSON) {
          JsonNode output = StandInOutput.json(step.schema(), 200);
          assertThat(step.schema().violations(output)).isEmpty();
          record.finish(i, output);
        } else {
          record.finish(i, StandInOutput.text(300));
        }
      }
      assertThat(record.category()).matches("[a-z0-9_-]{1,64}");
    }
    GenerationEstimate estimate =
        GenerationEstimate.of(
            compiled,
            ModelChoices.of(definition, ModelCatalogue.builtIn(), "us-east-1"),
            entries,
            1,
            100);
    assertThat(estimate.expected()).isGreaterThan(Money.ZERO).isLessThan(estimate.worstCase());
  }

  @Test
  void aPromptReadsAsItShould() throws IOException {
    CompiledTemplate story =
        CompiledTemplate.of(
            TemplateJson.read(JSON.readTree(Samples.read("sample-templates/story.json"))));
    JsonNode first = entries("sample-datasets/poetry/poems.json").get(0);

    assertThat(story.record(first, 1, 0).prompt(0))
        .isEqualTo(
            """
            Generate a story outline of five points.
            Author: Marta Velden
            Theme: The boats come in without a word.
            Someone counts the fish twice.
            The sea keeps its own account.
            Setting: The fog lifted at noon.
            The story is told in earnest.""");
  }
}
