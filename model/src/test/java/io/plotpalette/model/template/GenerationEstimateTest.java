package io.plotpalette.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.money.Money;
import io.plotpalette.model.template.GenerationEstimate.StepEstimate;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerationEstimateTest {
  private static final ModelCatalogue CATALOGUE = ModelCatalogue.builtIn();

  private static GenerationEstimate estimate(String template, long records, String... entries) {
    TemplateDefinition definition = TemplateJson.read(TemplateJsonTest.json(template));
    List<CatalogueModel> models = ModelChoices.of(definition, CATALOGUE, "us-east-1");
    List<JsonNode> sample = List.of(entries).stream().map(TemplateJsonTest::json).toList();
    return GenerationEstimate.of(CompiledTemplate.of(definition), models, sample, 1, records);
  }

  @Test
  void oneStepByHand() {
    GenerationEstimate estimate =
        estimate(
            "{'name':'n','steps':[{'id':'a','model':'claude-sonnet','max_tokens':101,'prompt':'four four {{ w }}'}]}",
            1_000,
            "{'w':'four'}",
            "{'w':'longer'}");

    // Expected in: (3 + 20 + 4 + 20) / 2 tokens a record; out: half of 101, rounded up.
    // Worst in: 16 bytes of the longer prompt + 1024; out: all of 101.
    StepEstimate step = estimate.steps().get(0);
    assertThat(step.stepId()).isEqualTo("a");
    assertThat(step.model()).contains("sonnet");
    assertThat(step.expected().calls()).isEqualTo(1_000);
    assertThat(step.expected().tokensIn()).isEqualTo(23_500);
    assertThat(step.expected().tokensOut()).isEqualTo(51_000);
    assertThat(step.expected().cost()).isEqualTo(Money.parseUsd("0.8355"));
    assertThat(step.worstCase().tokensIn()).isEqualTo(1_040_000);
    assertThat(step.worstCase().tokensOut()).isEqualTo(101_000);
    assertThat(step.worstCase().cost()).isEqualTo(Money.parseUsd("4.635"));
    assertThat(estimate.expected()).isEqualTo(step.expected().cost());
    assertThat(estimate.worstCase()).isEqualTo(step.worstCase().cost());
  }

  @Test
  void theWorstCaseIsWhatTheBudgetReserves() {
    GenerationEstimate estimate =
        estimate(
            "{'name':'n','steps':[{'id':'a','model':'nova-pro','max_tokens':10,'prompt':'{{ w }}'}]}",
            1,
            "{'w':'é'}");

    assertThat(estimate.worstCase()).isEqualTo(CATALOGUE.named("nova-pro").reservation(2, 10));
  }

  @Test
  void earlierOutputsCountInLaterPrompts() {
    GenerationEstimate estimate =
        estimate(
            "{'name':'n','steps':[{'id':'a','model':'nova-lite','max_tokens':100,'prompt':'p'},"
                + "{'id':'b','model':'nova-lite','max_tokens':10,'prompt':'{{ steps.a.output }}'}]}",
            1,
            "{}");

    assertThat(estimate.steps().get(1).expected().tokensIn()).isEqualTo(20 + 40);
    assertThat(estimate.steps().get(1).worstCase().tokensIn()).isEqualTo(1_024 + 800);
    assertThat(estimate.expected())
        .isEqualTo(
            estimate
                .steps()
                .get(0)
                .expected()
                .cost()
                .plus(estimate.steps().get(1).expected().cost()));
  }

  @Test
  void skippedStepsAreExpectedAsOftenAsInTheSampleButWorstCaseIsAll() {
    GenerationEstimate estimate =
        estimate(
            "{'name':'n','steps':[{'id':'a','model':'nova-lite','max_tokens':10,'prompt':'p','skip_when':'s'}]}",
            100,
            "{'s':true}",
            "{'s':false}",
            "{'s':true}",
            "{'s':true}");

    assertThat(estimate.steps().get(0).expected().calls()).isEqualTo(25);
    assertThat(estimate.steps().get(0).worstCase().calls()).isEqualTo(100);
  }

  @Test
  void aJsonStepMayBeRepairedOnce() {
    String step = "'model':'nova-lite','max_tokens':10,'prompt':'p','output':'json'";
    GenerationEstimate estimate =
        estimate("{'name':'n','steps':[{'id':'a'," + step + "}]}", 5, "{}");

    assertThat(estimate.steps().get(0).expected().calls()).isEqualTo(5);
    assertThat(estimate.steps().get(0).worstCase().calls()).isEqualTo(10);
    assertThat(estimate.steps().get(0).worstCase().tokensOut()).isEqualTo(100);
  }

  @Test
  void partsOfAJsonOutputAreStoodInForByItsSchema() {
    GenerationEstimate estimate =
        estimate(
            "{'name':'n','steps':[{'id':'q','model':'nova-lite','prompt':'p','output':'json','schema':{'type':'object',"
                + "'required':['t','l','k','n','b'],'properties':{'t':{'type':'string'},"
                + "'l':{'type':'array','items':{'type':'object','required':['x'],'properties':{'x':{'type':'string','maxLength':4}}}},"
                + "'k':{'enum':['a','b']},'n':{'type':'integer','minimum':3},'b':{'type':'boolean'}}}},"
                + "{'id':'b','model':'nova-lite','prompt':'{{ steps.q.output.t }}{% for i in steps.q.output.l %}{{ i.x }}{% endfor %}"
                + "{{ steps.q.output.k }}{{ steps.q.output.n + 1 }}{{ steps.q.output.b }}'}]}",
            1, "{}");

    assertThat(estimate.steps().get(1).expected().tokensIn()).isBetween(100L, 600L);
  }

  @Test
  void outputsTooLongToRenderBoundTheWorstCase() {
    String step = "'model':'nova-lite','max_tokens':5000,'prompt':'";
    GenerationEstimate estimate =
        estimate(
            "{'name':'n','steps':[{'id':'a',"
                + step
                + "p'},{'id':'b',"
                + step
                + "{% for i in range(30) %}{{ steps.a.output }}{% endfor %}'}]}",
            1,
            "{}");

    assertThat(estimate.steps().get(1).worstCase().tokensIn()).isEqualTo(1_200_000 + 1_024);
  }

  @Test
  void anEntryWithoutARequiredFieldIsAnError() {
    assertThatThrownBy(
            () ->
                estimate(
                    "{'name':'n','steps':[{'id':'a','model':'nova-lite','prompt':'{{ w }}'}]}",
                    1,
                    "{}"))
        .isInstanceOf(PromptException.class)
        .hasMessage("step 'a', prompt, line 1: 'w' is not there");
  }

  @Test
  void moneyDoesNotWrapAround() {
    assertThatThrownBy(
            () ->
                estimate(
                    "{'name':'n','steps':[{'id':'a','model':'claude-sonnet','prompt':'p'}]}",
                    Long.MAX_VALUE / 2,
                    "{}"))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void stepsWithModelsThatCannotBeUsedAreNamedTogether() {
    TemplateDefinition definition =
        TemplateJson.read(
            TemplateJsonTest.json(
                "{'name':'n','steps':[{'id':'a','model':'gpt','prompt':'p'},"
                    + "{'id':'b','model':'nova-pro','max_tokens':9999,'prompt':'p'},"
                    + "{'id':'c','model_tier':1,'prompt':'p'}]}"));

    assertThatThrownBy(() -> ModelChoices.of(definition, CATALOGUE, "us-east-1"))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("/steps/0/model: there is no model 'gpt'")
        .hasMessageContaining(
            "/steps/1/max_tokens: the model 'amazon.nova-pro-v1:0' writes at most 5120");
    assertThatThrownBy(() -> ModelChoices.of(definition, CATALOGUE, "mars-1"))
        .hasMessageContaining("/steps/2/model_tier: no model of the tier cheap");
  }
}
