package io.plotpalette.model.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputSchemaTest {
  private static final List<String> INSTANCES =
      List.of(
          "null",
          "true",
          "0",
          "1",
          "1.0",
          "1.5",
          "-3",
          "7",
          "1e2",
          "''",
          "'a'",
          "'abc'",
          "'abcdef'",
          "'日本'",
          "[]",
          "[1]",
          "[1,2,3]",
          "['a','b']",
          "[[1],[2]]",
          "{}",
          "{'a':1}",
          "{'a':'x'}",
          "{'a':1,'b':2}",
          "{'b':'x','c':null}",
          "{'a':{'b':[1,2]}}",
          "{'a':{'b':['x']}}");

  private static OutputSchema schema(String json) {
    List<TemplateProblem> problems = new ArrayList<>();
    OutputSchema schema = OutputSchema.read(TemplateJsonTest.json(json), "", problems);
    assertThat(problems).isEmpty();
    return schema;
  }

  /** Another implementation of the standard must see each instance the same way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'type':'object'}",
        "{'type':'array'}",
        "{'type':'string'}",
        "{'type':'integer'}",
        "{'type':'number'}",
        "{'type':'boolean'}",
        "{'type':'null'}",
        "{'type':'object','required':['a']}",
        "{'required':['a','b']}",
        "{'properties':{'a':{'type':'integer'}}}",
        "{'properties':{'a':{}},'additionalProperties':false}",
        "{'additionalProperties':false}",
        "{'properties':{'a':{'properties':{'b':{'items':{'type':'integer'}}}}}}",
        "{'items':{'type':'integer'}}",
        "{'items':{'items':{'minimum':2}}}",
        "{'minItems':1,'maxItems':2}",
        "{'minLength':2,'maxLength':3}",
        "{'minimum':1,'maximum':7}",
        "{'minimum':1.5}",
        "{'enum':[1,'a',null,[1]]}",
        "{'enum':[{'a':1}]}",
        "{'title':'t','description':'d','$schema':'https://json-schema.org/draft/2020-12/schema'}"
      })
  void agreesWithAnotherImplementation(String json) {
    OutputSchema schema = schema(json);
    var other =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(TemplateJsonTest.json(json));

    for (String instance : INSTANCES) {
      JsonNode value = TemplateJsonTest.json(instance);
      assertThat(schema.violations(value).isEmpty())
          .as("%s of %s", instance, json)
          .isEqualTo(other.validate(value).isEmpty());
    }
  }

  @Test
  void violationsNameTheirPlace() {
    OutputSchema schema =
        schema(
            "{'type':'object','required':['q','n'],'additionalProperties':false,'properties':{"
                + "'q':{'type':'string','minLength':3},'n':{'type':'integer','maximum':5},"
                + "'l':{'type':'array','items':{'enum':['a']}}}}");

    assertThat(schema.violations(TemplateJsonTest.json("{'q':'x','l':['a','b'],'z/z':1}")))
        .containsExactlyInAnyOrder(
            new TemplateProblem("/n", "is required"),
            new TemplateProblem("/q", "length must be at least 3"),
            new TemplateProblem("/l/1", "must be one of [\"a\"]"),
            new TemplateProblem("/z~1z", "is not allowed"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'text'}",
        "{'type':['string','null']}",
        "{'$ref':'#'}",
        "{'allOf':[]}",
        "{'pattern':'(a+)+$'}",
        "{'format':'email'}",
        "{'required':'a'}",
        "{'required':[1]}",
        "{'properties':[]}",
        "{'properties':{'a':1}}",
        "{'items':[]}",
        "{'enum':[]}",
        "{'minLength':-1}",
        "{'minLength':1.5}",
        "{'minimum':'1'}",
        "{'additionalProperties':{}}",
        "{'maximum':1e999}",
        "{'minLength':1e999}",
        "{'enum':[1e999]}",
        "7",
        "[]"
      })
  void whatIsNotSupportedIsRefused(String json) {
    List<TemplateProblem> problems = new ArrayList<>();

    assertThat(OutputSchema.read(TemplateJsonTest.json(json), "/s", problems)).isNull();
    assertThat(problems).isNotEmpty().allMatch(problem -> problem.pointer().startsWith("/s"));
  }

  @Test
  void deepSchemasAndOutputsAreRefused() {
    String deep = "{'items':".repeat(25) + "{}" + "}".repeat(25);
    List<TemplateProblem> problems = new ArrayList<>();
    assertThat(OutputSchema.read(TemplateJsonTest.json(deep), "", problems)).isNull();
    assertThat(problems)
        .extracting(TemplateProblem::message)
        .containsExactly("is nested deeper than 20");
  }

  @Test
  void aLargeSchemaIsRefused() {
    List<TemplateProblem> problems = new ArrayList<>();
    OutputSchema.read(
        TemplateJsonTest.json("{'description':'" + "x".repeat(20_000) + "'}"), "/s", problems);
    assertThat(problems)
        .extracting(TemplateProblem::message)
        .containsExactly("must be at most 16384 characters of JSON");
  }
}
