package io.plotpalette.model.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompiledTemplateTest {
  private static CompiledTemplate compiled(String json) {
    return CompiledTemplate.of(TemplateJson.read(TemplateJsonTest.json(json)));
  }

  private static CompiledTemplate prompt(String prompt) {
    return compiled("{'name':'n','steps':[{'id':'a','prompt':'" + prompt + "'}]}");
  }

  @Test
  void requiredFieldsAreThoseOfAllStepsWithoutTheOutputsOfEarlierOnes() {
    CompiledTemplate template =
        compiled(
            "{'name':'n','category':'author.genre','steps':["
                + "{'id':'a','prompt':'{{ author.name }} {{ poem.text[:100] }} {{ nick|default(1) }}'},"
                + "{'id':'b','prompt':'{{ steps.a.output }} {{ day.notes|random_sentence }}',"
                + "'skip_when':'mood == 1'}]}");

    assertThat(template.requiredFields())
        .containsExactly("author.genre", "author.name", "day.notes", "mood", "poem.text");
    assertThat(template.optionalFields()).containsExactly("nick");
  }

  @Test
  void aFieldThatAnyStepRequiresIsRequired() {
    CompiledTemplate template =
        compiled(
            "{'name':'n','steps':[{'id':'a','prompt':'{{ x|default(1) }}'},{'id':'b','prompt':'{{ x }}'}]}");

    assertThat(template.requiredFields()).containsExactly("x");
    assertThat(template.optionalFields()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '¤',
      value = {
        "{{ a.b }} § {'a':{'b':1}} § ",
        "{{ a.b }} § {'a':{'b':null}} § ",
        "{{ a.b }} § {'a':{}} § a.b",
        "{{ a.b }} § {'a':7} § a.b",
        "{{ a.b }} § {} § a.b",
        "{{ a }}{{ b.c }} § {} § a b.c",
        "{% for x in l %}{{ x.t }}{% endfor %} § {'l':[{'t':1},{'t':2}]} § ",
        "{% for x in l %}{{ x.t }}{% endfor %} § {'l':[]} § ",
        "{% for x in l %}{{ x.t }}{% endfor %} § {'l':[{'t':1},{}]} § l[].t",
        "{% for x in l %}{{ x.t }}{% endfor %} § {} § l[].t",
        "{{ l[1] }} § {'l':[1]} § l[1]",
        "{{ l[-1] }} § {'l':[1]} § ",
        "{{ (l|first).t }} § {'l':[{'t':1},{}]} § ",
        "{{ s[0] }} § {'s':'x'} § ",
        "{% for k, v in m.items() %}{{ v.t }}{% endfor %} § {'m':{'a':{'t':1},'b':{}}} § m.*.t",
      })
  void missingFieldsOfAnEntryAreNamed(String prompt, String entry, String missing) {
    assertThat(String.join(" ", prompt(prompt).missingFields(TemplateJsonTest.json(entry))))
        .isEqualTo(missing == null ? "" : missing);
  }

  @Test
  void stepsUseTheOutputsOfEarlierOnes() {
    CompiledTemplate template =
        compiled(
            "{'name':'n','category':'steps.q.output.kind','steps':["
                + "{'id':'q','prompt':'Ask about {{ topic }}.','output':'json','schema':{'type':'object',"
                + "'properties':{'text':{'type':'string'},'kind':{'type':'string'}},'required':['text','kind']}},"
                + "{'id':'a','prompt':'{{ steps.q.output.text }}'},"
                + "{'id':'s','prompt':'Short: {{ steps.a.output }}'}]}");
    RecordPrompts record = template.record(TemplateJsonTest.json("{'topic':'bees'}"), 1, 0);

    assertThat(record.prompt(0)).isEqualTo("Ask about bees.");
    record.finish(0, TemplateJsonTest.json("{'text':'Why {{ 1 + 1 }}?','kind':'Ä B/c!'}"));
    assertThat(record.prompt(1)).isEqualTo("Why {{ 1 + 1 }}?");
    record.finish(1, "Because {% if %}.");
    assertThat(record.prompt(2)).isEqualTo("Short: Because {% if %}.");
    assertThat(record.category()).isEqualTo("a-b-c");
  }

  @Test
  void aSkippedStepHasNoOutput() {
    CompiledTemplate template =
        compiled(
            "{'name':'n','steps':[{'id':'a','prompt':'p','skip_when':'n > 1'},"
                + "{'id':'b','prompt':'{{ steps.a.output|default(7) }}'}]}");

    RecordPrompts skipped = template.record(TemplateJsonTest.json("{'n':2}"), 1, 0);
    assertThat(skipped.isSkipped(0)).isTrue();
    assertThat(skipped.isSkipped(1)).isFalse();
    assertThat(skipped.prompt(1)).isEqualTo("7");
    assertThat(template.record(TemplateJsonTest.json("{'n':1}"), 1, 0).isSkipped(0)).isFalse();
  }

  @Test
  void aFieldNamedStepsInTheDataIsNotTheOutputs() {
    CompiledTemplate template =
        compiled(
            "{'name':'n','steps':[{'id':'a','prompt':'p'},{'id':'b','prompt':'{{ steps.a.output }}'}]}");
    RecordPrompts record =
        template.record(TemplateJsonTest.json("{'steps':{'a':{'output':'forged'}}}"), 1, 0);

    record.finish(0, "real");
    assertThat(record.prompt(1)).isEqualTo("real");
  }

  @Test
  void anErrorNamesStepLineAndField() {
    CompiledTemplate template = prompt("one\\n{{ author.born }}");

    PromptException e =
        catchThrowableOfType(
            PromptException.class,
            () -> template.record(TemplateJsonTest.json("{'author':{}}"), 1, 0).prompt(0));

    assertThat(e).hasMessage("step 'a', prompt, line 2: 'author.born' is not there");
    assertThat(e.stepId()).isEqualTo("a");
    assertThat(e.line()).isEqualTo(2);
    assertThat(e.field()).isEqualTo("author.born");
  }

  @Test
  void aReplayRendersTheSamePrompt() {
    CompiledTemplate template = prompt("{{ t|random_sentence }}{{ t|random_sentence }}");
    JsonNode entry = TemplateJsonTest.json("{'t':'A. B. C. D. E. F. G. H.'}");

    String first = template.record(entry, 5, 77).prompt(0);

    assertThat(template.record(entry, 5, 77).prompt(0)).isEqualTo(first);
    assertThat(
            LongStream.range(0, 50)
                .mapToObj(index -> template.record(entry, 5, index).prompt(0))
                .distinct()
                .count())
        .isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({
    "Poetry, poetry", "Crème brûlée, creme-brulee", "a_b-C 9, a_b-c-9", "'  -- x -- ', x",
    "'', none", "日本, none", "../../etc/passwd, etc-passwd", "None, none"
  })
  void aCategoryIsASlug(String text, String slug) {
    assertThat(Category.slug(text)).isEqualTo(slug);
  }

  @Test
  void aCategoryHasAtMost64Characters() {
    assertThat(Category.slug("ab ".repeat(99))).hasSizeLessThanOrEqualTo(64).doesNotEndWith("-");
    assertThat(Category.slug("x".repeat(99))).hasSize(64);
  }

  @Test
  void numbersBeyond64BitsKeepTheirDigits() {
    assertThat(
            prompt("{{ n }} {{ m }}")
                .record(TemplateJsonTest.json("{'n':12345678901234567890123,'m':0.1}"), 1, 0)
                .prompt(0))
        .isEqualTo("12345678901234567890123 0.1");
  }
}
