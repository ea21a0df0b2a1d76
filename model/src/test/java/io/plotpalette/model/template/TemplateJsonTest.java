package io.plotpalette.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.model.catalogue.ModelTier;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static TemplateStep step(String fields) {
    return TemplateJson.read(json("{'name':'n','steps':[{'id':'a','prompt':'p'" + fields + "}]}"))
        .steps()
        .get(0);
  }

  private static List<TemplateProblem> problems(String text) {
    InvalidTemplateException e =
        catchThrowableOfType(InvalidTemplateException.class, () -> TemplateJson.read(json(text)));
    assertThat(e).as("problems of %s", text).isNotNull();
    return e.problems();
  }

  @Test
  void whatIsLeftOutHasADefault() {
    TemplateStep step = step("");

    assertThat(step)
        .isEqualTo(
            new TemplateStep(
                "a",
                new ModelChoice.OfTier(ModelTier.BALANCED),
                "p",
                1_024,
                0.7,
                OutputFormat.TEXT,
                null,
                null));
  }

  @Test
  void readsBackWhatItWrites() {
    JsonNode full =
        json(
            "{'name':'n','description':'d','steps':[{'id':'q','model_tier':'cheap','prompt':'{{ x }}',"
                + "'max_tokens':9,'temperature':0.0,'output':'json','schema':{'type':'object'},"
                + "'skip_when':'x == 1'},{'id':'b','model':'claude-sonnet','prompt':'p',"
                + "'max_tokens':1024,'temperature':0.7,'output':'text'}],'category':'x'}");

    TemplateDefinition definition = TemplateJson.read(full);

    assertThat(TemplateJson.write(definition)).isEqualTo(full);
    assertThat(TemplateJson.read(TemplateJson.write(definition))).isEqualTo(definition);
  }

  @ParameterizedTest
  @CsvSource({
    "1, CHEAP",
    "2, BALANCED",
    "3, PREMIUM",
    "'cheap', CHEAP",
    "'balanced', BALANCED",
    "'premium', PREMIUM",
    "'tier-1', CHEAP",
    "'3', PREMIUM"
  })
  void aTierHasANumberAndAName(String written, ModelTier tier) {
    String value = written.matches("[0-9]") ? written : "'" + written + "'";

    assertThat(step(",'model_tier':" + value).model()).isEqualTo(new ModelChoice.OfTier(tier));
  }

  @ParameterizedTest
  @CsvSource({
    "question, CHEAP",
    "summary, CHEAP",
    "cleanup, CHEAP",
    "answer, PREMIUM",
    "answer_question, PREMIUM",
    "expand, BALANCED",
    "questionable, BALANCED"
  })
  void withoutAModelTheKindOfStepDecides(String id, ModelTier tier) {
    assertThat(StepKind.ofStep(id).defaultTier()).isEqualTo(tier);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'steps':[{'id':'a','prompt':'p'}]} | /name | is required",
        "{'name':' ','steps':[{'id':'a','prompt':'p'}]} | /name | 1 to 200",
        "{'name':7,'steps':[{'id':'a','prompt':'p'}]} | /name | must be a text",
        "{'name':'n'} | /steps | 1 to 10",
        "{'name':'n','steps':[]} | /steps | 1 to 10",
        "{'name':'n','steps':[1]} | /steps/0 | object",
        "{'name':'n','colour':1,'steps':[{'id':'a','prompt':'p'}]} | /colour | no such field",
        "{'name':'n','steps':[{'id':'A-1','prompt':'p'}]} | /steps/0/id | a-z",
        "{'name':'n','steps':[{'prompt':'p'}]} | /steps/0/id | a-z",
        "{'name':'n','steps':[{'id':'a','prompt':'p'},{'id':'a','prompt':'p'}]} | /steps/1/id | already",
        "{'name':'n','steps':[{'id':'a'}]} | /steps/0/prompt | is required",
        "{'name':'n','steps':[{'id':'a','prompt':''}]} | /steps/0/prompt | blank",
        "{'name':'n','steps':[{'id':'a','prompt':'p','model':'x','model_tier':1}]} | /steps/0/model_tier | not both",
        "{'name':'n','steps':[{'id':'a','prompt':'p','model_tier':4}]} | /steps/0/model_tier | 1, 2, 3, cheap",
        "{'name':'n','steps':[{'id':'a','prompt':'p','max_tokens':0}]} | /steps/0/max_tokens | 1 to 65536",
        "{'name':'n','steps':[{'id':'a','prompt':'p','max_tokens':'9'}]} | /steps/0/max_tokens | whole number",
        "{'name':'n','steps':[{'id':'a','prompt':'p','max_tokens':4294967297}]} | /steps/0/max_tokens | whole number",
        "{'name':'n','steps':[{'id':'a','prompt':'p','temperature':1.1}]} | /steps/0/temperature | 0 to 1",
        "{'name':'n','steps':[{'id':'a','prompt':'p','temperature':-0.1}]} | /steps/0/temperature | 0 to 1",
        "{'name':'n','steps':[{'id':'a','prompt':'p','output':'xml'}]} | /steps/0/output | text or json",
        "{'name':'n','steps':[{'id':'a','prompt':'p','schema':{}}]} | /steps/0/schema | output json",
        "{'name':'n','steps':[{'id':'a','prompt':'p','output':'json','schema':[]}]} | /steps/0/schema | object",
        "{'name':'n','steps':[{'id':'a','prompt':'p','output':'json','schema':{'properties':{'a/b':{'pattern':'x'}}}}]} | /steps/0/schema/properties/a~1b/pattern | not supported",
        "{'name':'n','steps':[{'id':'a','prompt':'p','output':'json','schema':{'$ref':'file:///etc/passwd'}}]} | /steps/0/schema/$ref | not supported",
        "{'name':'n','steps':[{'id':'a','prompt':'one {{'}]} | /steps/0/prompt | not closed",
        "{'name':'n','steps':[{'id':'a','prompt':'{% include 1 %}'}]} | /steps/0/prompt | line 1, column 4: the tag 'include' is not allowed",
        "{'name':'n','steps':[{'id':'a','prompt':'p','skip_when':'{{ x }}'}]} | /steps/0/skip_when | without",
        "{'name':'n','steps':[{'id':'a','prompt':'p','skip_when':'x ='}]} | /steps/0/skip_when | line 1",
        "{'name':'n','category':'a b','steps':[{'id':'a','prompt':'p'}]} | /category | after the end",
        "{'name':'n','steps':[{'id':'a','prompt':'{{ steps.b.output }}'}]} | /steps/0/prompt | line 1: there is no step 'b'",
        "{'name':'n','steps':[{'id':'a','prompt':'{{ steps.b.output }}'},{'id':'b','prompt':'p'}]} | /steps/0/prompt | is a later step",
        "{'name':'n','steps':[{'id':'a','prompt':'{{ steps.a.output }}'}]} | /steps/0/prompt | is the step itself",
        "{'name':'n','steps':[{'id':'a','prompt':'p'},{'id':'b','prompt':'{{ steps.a.text }}'}]} | /steps/1/prompt | write steps.a.output",
        "{'name':'n','steps':[{'id':'a','prompt':'p'},{'id':'b','prompt':'{{ steps.a }}'}]} | /steps/1/prompt | write steps.a.output",
        "{'name':'n','steps':[{'id':'a','prompt':'p'},{'id':'b','prompt':'{{ steps }}'}]} | /steps/1/prompt | must name a step",
        "{'name':'n','steps':[{'id':'a','prompt':'p'},{'id':'b','prompt':'{{ steps.a.output.x }}'}]} | /steps/1/prompt | is text",
        "{'name':'n','steps':[{'id':'a','prompt':'p','output':'json'},{'id':'b','prompt':'{{ steps.a.output.x }}'}]} | /steps/1/prompt | needs a schema",
        "{'name':'n','steps':[{'id':'a','prompt':'p','output':'json','schema':{'required':['y'],'properties':{'y':{}}}},{'id':'b','prompt':'{{ 1 if steps.a.output.x is defined }}'}]} | /steps/1/prompt | not in the schema",
        "{'name':'n','steps':[{'id':'a','prompt':'p','output':'json','schema':{'properties':{'x':{}}}},{'id':'b','prompt':'{{ steps.a.output.x }}'}]} | /steps/1/prompt | not always there",
        "{'name':'n','steps':[{'id':'a','prompt':'p','skip_when':'x'},{'id':'b','prompt':'{{ steps.a.output }}'}]} | /steps/1/prompt | when the step is skipped",
        "{'name':'n','steps':[{'id':'a','prompt':'p','skip_when':'steps.a.output'}]} | /steps/0/skip_when | is the step itself",
        "{'name':'n','category':'steps.z.output','steps':[{'id':'a','prompt':'p'}]} | /category | there is no step 'z'",
        "[] | '' | must be an object",
      },
      quoteCharacter = '§')
  void aBadFieldIsNamedByItsPointer(String text, String pointer, String message) {
    assertThat(problems(text))
        .anySatisfy(
            problem -> {
              assertThat(problem.pointer()).isEqualTo(pointer.replace("''", ""));
              assertThat(problem.message()).contains(message);
            });
  }

  @Test
  void everyBadFieldIsNamedAtOnce() {
    assertThat(
            problems(
                "{'steps':[{'id':'1','prompt':'','temperature':3},{'id':'b','max_tokens':0,'prompt':'p'}]}"))
        .extracting(TemplateProblem::pointer)
        .containsExactlyInAnyOrder(
            "/name",
            "/steps/0/id",
            "/steps/0/prompt",
            "/steps/0/temperature",
            "/steps/1/max_tokens");
  }

  @Test
  void everyBadPromptIsNamedAtOnceWithItsLine() {
    assertThat(
            problems(
                "{'name':'n','category':'(','steps':[{'id':'a','prompt':'1\\n2 {{ x|nosuch }}'},{'id':'b','prompt':'\\n\\n{{ steps.c.output }}'}]}"))
        .extracting(problem -> problem.pointer() + " " + problem.message().substring(0, 6))
        .containsExactly("/steps/0/prompt line 2", "/steps/1/prompt line 3", "/category line 1");
  }

  @ParameterizedTest
  @CsvSource({
    "{{ steps.a.output.f|default(1) }}, is not there when the step is skipped",
    "{{ steps.a.output.g.h|default(1) }}, is not there when the step is skipped",
  })
  void aDefaultForAPartDoesNotHelpWhereTheWholeMayBeMissing(String prompt, String message) {
    assertThat(problems(skippableJson(prompt)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.pointer()).isEqualTo("/steps/1/prompt");
              assertThat(problem.message()).contains(message);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if steps.a.output is defined %}{{ steps.a.output.f }}{% endif %}",
        "{% if steps.a.output is defined %}{{ steps.a.output.g|default(1) }}{% endif %}",
        "{% if steps.a.output is defined %}{% if steps.a.output.g is defined %}{{ steps.a.output.g.h|default(1) }}{% endif %}{% endif %}",
      })
  void aPartOfAGuardedOutputIsFine(String prompt) {
    assertThat(TemplateJson.read(json(skippableJson(prompt))).steps()).hasSize(2);
  }

  /** A step that may be skipped and has {@code f}, and perhaps {@code g.h}; then the prompt. */
  private static String skippableJson(String prompt) {
    return "{'name':'n','steps':[{'id':'a','prompt':'p','skip_when':'x','output':'json','schema':"
        + "{'type':'object','required':['f'],'properties':{'f':{'type':'string'},"
        + "'g':{'type':'object','properties':{'h':{'type':'string'}}}}}},"
        + "{'id':'b','prompt':'"
        + prompt
        + "'}]}";
  }

  @Test
  void aGuardedOutputOfASkippableStepIsFine() {
    TemplateDefinition definition =
        TemplateJson.read(
            json(
                "{'name':'n','steps':[{'id':'a','prompt':'p','skip_when':'x'},"
                    + "{'id':'b','prompt':'{{ steps.a.output|default(1) }}{% if steps.a.output is defined %}{{ steps.a.output }}{% endif %}'}]}"));

    assertThat(definition.steps()).hasSize(2);
  }

  @Test
  void aPromptOfThousandsOfPartsIsRefused() {
    String prompt = "{{ a }}".repeat(3_000);

    assertThatThrownBy(
            () ->
                TemplateJson.read(
                    json("{'name':'n','steps':[{'id':'a','prompt':'" + prompt + "'}]}")))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("/steps/0/prompt")
        .hasMessageContaining("more than 4000 parts");
  }
}
