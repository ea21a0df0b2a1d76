package io.plotpalette.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.template.PromptPreview.StepPrompt;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptPreviewTest {
  private static final CompiledTemplate TEMPLATE =
      CompiledTemplate.of(
          TemplateJson.read(
              TemplateJsonTest.json(
                  "{'name':'n','category':'steps.ask.output.kind','steps':["
                      + "{'id':'ask','prompt':'Ask about {{ topic }}.','output':'json',"
                      + "'schema':{'type':'object','properties':{'kind':{'enum':['Open End','closed']}},"
                      + "'required':['kind']}},"
                      + "{'id':'answer','prompt':'A {{ steps.ask.output.kind }}','skip_when':'short'},"
                      + "{'id':'sum','prompt':'S {{ steps.answer.output|default(1) }}'}]}")));

  private static PromptPreview preview(String entry) {
    return PromptPreview.of(TEMPLATE, TemplateJsonTest.json(entry), 1, 0);
  }

  @Test
  void earlierOutputsAreStandInsThatFit() {
    assertThat(preview("{'topic':'bees','short':false}"))
        .isEqualTo(
            new PromptPreview(
                List.of(
                    new StepPrompt("ask", "Ask about bees."),
                    new StepPrompt("answer", "A Open End"),
                    new StepPrompt("sum", "S <output of answer>")),
                "open-end"));
  }

  @Test
  void aSkippedStepHasNoPromptAndNoOutput() {
    assertThat(preview("{'topic':'bees','short':true}").steps())
        .endsWith(new StepPrompt("answer", null), new StepPrompt("sum", "S 1"));
  }

  @Test
  void anEntryThatLacksAFieldIsAnError() {
    assertThatThrownBy(() -> preview("{'short':true}"))
        .isInstanceOf(PromptException.class)
        .hasMessage("step 'ask', prompt, line 1: 'topic' is not there");
  }
}
